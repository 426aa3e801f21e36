"""Former names of counties and towns, which people and old lists still use.

On 25 December 2010 臺北縣 became 新北市, and 臺中縣, 臺南縣 and 高雄縣 joined the cities of the same name; on
25 December 2014 桃園縣 became 桃園市. Their townships and cities (鄉, 鎮, 市) became districts (區) of the same name,
but 高雄縣三民鄉: renamed 那瑪夏鄉 in 2008, it is 那瑪夏區, for 三民區 is a district of the old city. 員林鎮 and 頭份鎮
became cities in 2015. Source: Ministry of the Interior, changes of administrative areas.
"""

_COUNTIES = {"臺北縣": "新北市", "桃園縣": "桃園市", "臺中縣": "臺中市", "臺南縣": "臺南市", "高雄縣": "高雄市"}
_TOWNS = {
    "高雄縣三民鄉": "高雄市那瑪夏區",
    "彰化縣員林鎮": "彰化縣員林市",
    "苗栗縣頭份鎮": "苗栗縣頭份市",
}
_LENGTH = 3  # characters of the name of each county, former and present


def present_name(full_name: str) -> str | None:
    """The present county and town of a former one, both written together; None if it is no former name.

    >>> present_name("臺北縣坪林鄉"), present_name("高雄縣三民鄉"), present_name("高雄市三民區")
    ('新北市坪林區', '高雄市那瑪夏區', None)
    """
    if full_name in _TOWNS:
        return _TOWNS[full_name]
    county, town = full_name[:_LENGTH], full_name[_LENGTH:]
    if county not in _COUNTIES or len(town) < 2 or town[-1] not in "鄉鎮市":
        return None
    return f"{_COUNTIES[county]}{town[:-1]}區"
