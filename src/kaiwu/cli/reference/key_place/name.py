"""Keys of the words of firm names."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

PLACES: tuple[Place, ...] = (
    Place("names/*.yaml", "names", "kaiwu.pack.name_shelf:read", {
        "source": "where the words come from", "levels": "words for the level of a division, left out in short names: 省, 市",
        "forms": "organisation forms and their class: {股份有限公司: joint_stock}", "groups": "words of a group: 集团",
        "branches": "how names of branches end: 分公司", "trades": "words of a trade, behind the brand: 科技",
        "clipped": "how a long word is drawn together: {广播电视: 广电}", "joint": "words and signs between the names of two firms: 与, 、",
        "regions": "divisions: {province: [prefectures]}, {prefecture: [counties]}", "short": "divisions that leave out more than their level: {广西壮族自治区: 广西}",
        "aliases": "one-character names of divisions: {广东省: [粤]}",
    }),
)  # fmt: skip
