"""Names of firms taken apart and drawn together (名称): grammar, parts, abbreviations, pinyin."""
