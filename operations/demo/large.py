"""The large fair, made by rule: 400 booths in four halls and 600 applications, to see how the service bears it.

Its applicants are the 120 companies of the files and 480 more, made from what towns are known for. The rows have the
columns of the files, so that they are loaded like these; nothing is random.
"""

import json
from collections.abc import Iterator, Sequence

from exhibitors.ubn import is_valid
from operations.demo.world import Row, listed, rows

FAIR = "L01"
MORE_COMPANIES = 480
_FIRST = (
    *("禾He", "青Qing", "山Shan", "晨Chen", "露Lu", "雲Yun", "春Chun", "沐Mu", "樸Pu", "初Chu", "映Ying"),
    *("里Li", "田Tian", "雨Yu", "豐Feng", "海Hai", "月Yue", "松Song", "泉Quan", "光Guang", "陶Tao", "和He"),
)
_SECOND = (
    *("嵐lan", "心xin", "和he", "光guang", "穗sui", "語yu", "野ye", "作zuo", "陽yang", "晴qing", "實shi"),
    *("田tian", "沁qin", "樂le", "耕geng", "味wei", "庭ting", "川chuan", "丘qiu", "居ju", "日ri", "舍she"),
)
_BLOCKS = "ABCDEFGHJKLMNPQRSTUVW"  # without I and O, which are read as digits
_ZONES = "TFKCM"
_UTILITIES = {  # kW a booth, water, flame
    "T": ("2.2", "1", "0"),
    "F": ("1.1", "1", "0"),
    "K": ("4.4", "1", "1"),
    "C": ("1.1", "0", "0"),
    "M": ("2.2", "1", "0"),
}
_POWER = ("0.5", "1.1", "2.2")  # kW wanted, in turn
_ACTIVITIES = ("none", "tasting", "demo", "workshop")


def rows_by_rule() -> dict[str, list[dict[str, str]]]:
    """The rows of the large fair, by the name of the file in which they could stand."""
    companies = list(_companies())
    booths, zones = list(_blocks()), list(_zones())
    return {
        "fairs": [_fair()],
        "fair_halls": list(_halls()),
        "zones": zones,
        "booths": booths,
        "calls": [_call()],
        "companies": companies,
        "people": [_owner(company) for company in companies],
        "applications": [
            _application(i, company, booths, zones) for i, company in enumerate([*rows("companies"), *companies])
        ],
    }


def _fair() -> dict[str, str]:
    return {
        "fair_id": FAIR,
        "slug": "otop-grand-fair",
        "name_zh": "OTOP 全臺大會師",
        "name_en": "OTOP Grand Fair",
        "description_zh": "四百個攤位、六百家報名的規模測試。",
        "description_en": "A test of size: four hundred booths and six hundred applications.",
        "organizer_id": "ORG1",
        "venue_id": "TAINEX1",
        "start_day": "227",
        "end_day": "230",
        "opens": "10:00",
        "closes": "18:00",
        "state": "announced",
        "theme": "national",
        "series": "",
        "categories": "*",
        "announced_day": "-60",
        "cancelled_day": "",
    }


def _halls() -> Iterator[dict[str, str]]:
    for key in "ABCD":
        yield {
            "fair_id": FAIR,
            "hall_key": key,
            "name_zh": f"{key} 館",
            "name_en": f"Hall {key}",
            "width_m": "36",
            "depth_m": "51",
            "min_aisle_m": "3",
            "entrance_x_m": "18",
            "entrance_y_m": "0",
            "power_supply_kw": "300",
        }


def _zones() -> Iterator[dict[str, str]]:
    """The zones of these letters as the national fair has them."""
    known = {row["zone"]: row for row in rows("zones")}
    for letter in _ZONES:
        yield {**known[letter], "fair_id": FAIR}


def _blocks() -> Iterator[dict[str, str]]:
    """Five blocks a hall, each of two rows of ten booths."""
    for i in range(20):
        hall, zone, block = "ABCD"[i // 5], _ZONES[i % 5], _BLOCKS[i]
        power, water, flame = _UTILITIES[zone]
        yield {
            "fair_id": FAIR,
            "hall_key": hall,
            "block": block,
            "zone": zone,
            "origin_x_m": "3",
            "origin_y_m": str(6 + 9 * (i % 5)),
            "rows": "2",
            "columns": "10",
            "booth_width_m": "3",
            "booth_depth_m": "3",
            "power_kw": power,
            "water": water,
            "flame_allowed": flame,
            "first_number": "1",
            "circuit": f"{hall}-{block}",
            "circuit_kw": str(float(power) * 16),  # not all twenty at once
        }


def _call() -> dict[str, str]:
    """The call of the national fair, on other days."""
    national = next(row for row in rows("calls") if row["fair_id"] == "F09")
    days = {"opens": "-50", "closes": "-10", "decision": "20", "offer": "22", "offer_expires": "36"}
    return {**national, "fair_id": FAIR, "max_booths": "4", **{f"{what}_day": day for what, day in days.items()}}


def _companies() -> Iterator[dict[str, str]]:
    """The i-th company from the i-th specialty, with two syllables as its name."""
    taken = {row["ubn"] for row in rows("companies")}
    numbers = (ubn for n in range(100_000, 1_000_000, 7) if is_valid(ubn := f"00{n}") and ubn not in taken)
    for i, specialty in enumerate(rows("specialties")[:MORE_COMPANIES]):
        one, other = _FIRST[i % 22], _SECOND[(i // 22 + i) % 22]
        name = f"{one[1:]}{other[1:]}"
        slug = f"{name.lower()}-workshop-{121 + i}"
        made = specialty["name_zh"], specialty["name_en"]
        yield {
            "company_id": f"C{121 + i}",
            "ubn": next(numbers),
            "slug": slug,
            "name_zh": f"{one[0]}{other[0]}工坊",
            "name_en": f"{name} Workshop",
            "town_code": specialty["town_code"],
            "category": specialty["category"],
            "product_class": specialty["category"],
            "founded": str(1990 + i % 35),
            "employees": str(1 + i % 24),
            "capabilities": "gift_box",
            "address_zh": f"{specialty['county_zh']}{specialty['town_zh']}示範路{1 + i % 299}號",
            "postal_code": "",
            "phone": f"02-0000-{1000 + i}",
            "email": f"hello.{slug}@example.com",
            "website": f"https://www.example.com/{slug}",
            "story_zh": f"我們在{specialty['town_zh']}做{made[0]}。",
            "story_en": f"We make {made[1]} in {specialty['town_en']}.",
        }


def _owner(company: Row) -> dict[str, str]:
    blank = dict.fromkeys(("house_zh", "house_en", "organizer_id", "discipline", "advised_companies", "interests"), "")
    return {
        **blank,
        "person_id": f"U-{company['company_id']}",
        "role": "member",
        "name_zh": f"{company['name_zh'][:2]}負責人",
        "name_en": f"Owner of {company['name_en']}",
        "email": f"owner.{company['slug']}@example.com",
        "phone": company["phone"],
        "language": "zh-hant",
        "country": "TW",
        "company_id": company["company_id"],
        "title_zh": "負責人",
        "title_en": "Owner",
    }


def _application(i: int, company: Row, blocks: Sequence[Row], zones: Sequence[Row]) -> dict[str, str]:
    wanted = 1 if i % 20 < 17 else 2 if i % 20 < 19 else 3 + i // 20 % 2
    power, water, flame = _POWER[i % 3], str(int(i % 4 == 1)), str(int(i % 25 == 7))
    fitting = _fitting(company, blocks, zones, power=float(power), water=water, flame=flame)
    wishes = dict.fromkeys(fitting[(7 * i + 13 * j) % len(fitting)] for j in range(i % 4) if fitting)
    answers = {
        "why": "想讓更多人認識我們的產品。",
        "new_product": i % 2 == 0,
        "activity": _ACTIVITIES[i % 4],
        "languages": ["zh"],
        "monthly_capacity": 100 * (1 + i % 20),
    }
    blank = dict.fromkeys(
        (
            *("products", "staged_decision", "returned_fields", "return_deadline_day", "offer_day", "fee_twd"),
            *("offer_expires_day", "changed_day", "placement_state", "booth_numbers", "reason"),
        ),
        "",
    )
    return {
        **blank,
        "application_id": f"A{1001 + i}",
        "fair_id": FAIR,
        "company_id": company["company_id"],
        "state": "submitted",
        "submitted_day": str(-49 + i % 39),
        "booths_wanted": str(wanted),
        "corner_wish": str(int(i % 5 == 2)),
        "near_home_county": str(int(i % 3 == 0)),
        "booth_wishes": ";".join(wishes),
        "power_kw": power,
        "water": water,
        "flame": flame,
        "fee_limit_twd": str(18_000 * wanted * (3 + i % 4) // 4),
        "product_class": company["product_class"],
        "answers": json.dumps(answers, ensure_ascii=False),
        "total_score": str(40 + 37 * i % 601 / 10),
    }


def _fitting(
    company: Row, blocks: Sequence[Row], zones: Sequence[Row], *, power: float, water: str, flame: str
) -> list[str]:
    """The numbers of the booths that would serve."""
    taking = {
        row["zone"] for row in zones if row["categories"] == "*" or company["category"] in listed(row["categories"])
    }
    return [
        f"{block['block']}{n:02d}"
        for block in blocks
        if block["zone"] in taking
        and float(block["power_kw"]) >= power
        and block["water"] >= water
        and block["flame_allowed"] >= flame
        for n in range(1, 21)
    ]
