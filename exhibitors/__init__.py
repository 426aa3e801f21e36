"""Companies, products, applications, reviews, decisions and placements."""
