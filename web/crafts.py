"""Tiles stand in where a picture is missing: one craft each, in the colours of its zone."""

TILES = {
    "ceramics": "pot",
    "stone": "pot",
    "wood": "wood",
    "bamboo": "weave",
    "fiber": "weave",
    "textile": "dye",
    "indigenous_craft": "loom",
    "paper": "umb",
    "umbrella": "umb",
    "religious_craft": "umb",
    "glass": "glass",
    "metal": "glass",
    "lacquer": "plum",
    "flower": "plum",
    "other_craft": "plum",
    "tea": "tea",
    "herbal": "tea",
    "coffee": "cup",
    "beverage": "cup",
    "liquor": "cup",
    "seafood": "fish",
    "rice": "rice",
    "noodle": "rice",
    "condiment": "jar",
    "processed_food": "jar",
    "honey": "jar",
    "vegetable": "veg",
    "pastry": "cake",
}
FOOD = "pine"  # everything else that is grown, caught, cooked or brewed
GROUNDS = {
    "pot": "a",
    "fish": "d",
    "wood": "b",
    "cup": "b",
    "tea": "c",
    "pine": "c",
    "rice": "c",
    "veg": "a",
    "dye": "d",
    "loom": "d",
    "umb": "e",
    "weave": "e",
    "cake": "e",
    "jar": "e",
    "glass": "f",
    "plum": "f",
}
FRIEZE = ("pot", "tea", "dye", "glass", "umb", "wood", "loom", "pine", "weave", "plum")


def tile_of(category: str) -> str:
    """The tile of a category's code."""
    return TILES.get(category, FOOD)


def frieze_of(categories: list[str], *, length: int) -> list[str]:
    """Tiles for a frieze: those of `categories` first, each once, then the rest, repeated to `length`."""
    own = list(dict.fromkeys(tile_of(category) for category in categories))
    pool = own if len(own) >= 4 else own + [tile for tile in FRIEZE if tile not in own][: 5 - len(own)]
    return [pool[i % len(pool)] for i in range(length)]
