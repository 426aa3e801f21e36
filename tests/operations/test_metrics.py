"""The metrics, and who may read them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from operations.tasks import tick
from worker.models import Message

TOKEN = "a-token-of-the-tests"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "header"),
    [(TOKEN, None), (TOKEN, "Bearer wrong"), (TOKEN, f"Basic {TOKEN}"), (TOKEN, TOKEN), ("", "Bearer "), ("", None)],
)
def test_without_the_token_nothing_is_told_not_even_on_this_machine(client, settings, token, header):
    settings.METRICS_TOKEN = token

    response = client.get("/metrics", headers={"Authorization": header} if header else {})

    assert response.status_code == 403
    assert b"otop_" not in response.content


@pytest.mark.django_db
def test_the_metrics_count_messages_and_tell_how_each_part_is(client, settings):
    settings.METRICS_TOKEN = TOKEN
    tick("react")
    for number in range(2):
        Message.objects.create(
            kind="k",
            cause=f"change:{number}",
            recipient="maker@example.com",
            message_id=f"<{number}@example.org>",
            due_at=timezone.now() - timedelta(minutes=20),
        )

    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }

    assert response["Content-Type"].startswith("text/plain")
    assert samples["otop_messages", "queued"] == 2
    assert samples["otop_messages", "dead"] == 0
    assert samples["otop_handlings", "stuck"] == 0
    assert {key[1]: value for key, value in samples.items() if key[0] == "otop_part_well"} == {
        "database": 1,
        "messages": 0,
        "changes": 1,
        "erasures": 1,
        "worker react": 1,
        "worker send": 0,
        "redis": 1,
    }
    assert samples["otop_part_age_seconds", "messages"] == pytest.approx(1200, abs=60)


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_metrics_say_so(client, settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    said = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()

    assert 'otop_part_well{part="database"} 0.0' in said
    assert "otop_messages{" not in said
