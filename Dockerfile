# The image of web, workers and beat. Production's packages only, each checked by its hash.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONUTF8=1
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes -r requirements/base.txt
COPY . .
# Collecting needs settings, but no server: the addresses lead nowhere.
RUN /venv/bin/python -m operations.translations compile \
    && SECRET_KEY=only-while-building DATABASE_URL=postgres://nobody@127.0.0.1:9/nowhere COMPRESS_STATIC=true \
       /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin otop \
    && install -d -o otop -g otop /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER otop
VOLUME /data
ENV PATH=/venv/bin:$PATH PYTHONUTF8=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    COMPRESS_STATIC=true DATA_DIR=/data DJANGO_SETTINGS_MODULE=config.settings
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "8", "--no-ws", "--respawn-failed-workers", \
     "--workers-kill-timeout", "8"]
