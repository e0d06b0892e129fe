"""Rows that their set files elsewhere and that are security news in truth, as read by a person."""

# Numbers of data rows, from 0, of ag-news-dev.csv: worms, spyware, phishing, patches, the trade.
# Also rows on spam, which people may call either; both are left out of what is measured.
AG_SECURITY = frozenset(
    {3, 4, 95, 278, 315, 389, 440, 460, 491, 507, 713, 722, 803, 805, 932, 945, 949, 977, 992,
     994, 1053, 1065, 1071, 1146, 1174, 1182, 1204, 1211, 1214, 1218, 1261, 1304, 1354, 1359,
     1366, 1380, 1459, 1474, 1517, 1545, 1568, 1628, 1632, 1646, 1653, 1684, 1685, 1756, 1801,
     1853, 1901, 1984, 2092, 2135, 2139, 2156, 2166, 2171, 2221, 2241, 2253, 2254, 2257, 2294,
     2298, 2300, 2339, 2347, 2369, 2389, 2409, 2413, 2431, 2468, 2528, 2570, 2677, 2704, 2721,
     2731, 2886, 2913, 2938, 3010, 3043, 3050, 3134, 3138, 3175, 3185, 3324, 3353, 3365, 3404,
     3420, 3422, 3433, 3452, 3486, 3519, 3531, 3645, 3683, 3734}
)  # fmt: skip
