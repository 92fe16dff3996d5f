"""Hold the words of the demonstration district: its description, licence and made-up names."""

LEDGER_TITLE = "新街口示范区（演示）便民网点补充台账（全部虚构，仅供演示）"

# Name, who passes, and hours of each compound's gate.
COMPOUNDS = (
    ("梧桐苑（演示）", "居民专用", ""),
    ("桂花里（演示）", "公共", "06:00-22:00"),
    ("玉兰新村（演示）", "居民专用", "00:00-24:00"),
    ("石城坊（演示）", "未核实", ""),
)

PROFILES = (
    {
        "人群画像": "老年人较多",
        "社区业态完备度": "基本齐全，缺菜篮子",
        "社区画像": "多层老旧小区为主",
        "区位资源": "临近商业中心",
        "社区开放度": "较高",
        "社区协同度": "高",
    },
    {
        "人群画像": "上班族和游客为主",
        "社区业态完备度": "餐饮多，维修少",
        "社区画像": "商住混合",
        "区位资源": "文化设施集中",
        "社区开放度": "高",
        "社区协同度": "中等",
    },
    {
        "人群画像": "年轻家庭较多",
        "社区业态完备度": "待补早餐和取水机",
        "社区画像": "高层住宅",
        "区位资源": "临近园区",
        "社区开放度": "较高",
        "社区协同度": "中等",
    },
)

# Kind, floor, trades it suits, trades it must not take.
_ROOMS = (
    ("腾退空间", "1", "菜市场、生鲜超市（菜店）", ""),
    ("地下空间", "-1", "末端配送", "大众餐饮店"),
    ("自行车棚", "1", "小修小补点、末端配送", "大众餐饮店"),
    ("锅炉房", "1", "社区超市、早餐店", ""),
    ("临街底商", "1", "便利店、药店", ""),
    ("腾退空间", "2", "家政服务点、照相文印店", "早餐店"),
    ("传达室", "1", "物业服务点、自助取水机", ""),
    ("地下空间", "-1", "洗染店", "大众餐饮店、幼儿托管点"),
    ("闲置厂房", "1", "社区便民商业服务综合体", ""),
    ("自行车棚", "1", "自助取水机", "大众餐饮店"),
    ("临街底商", "1", "理发店、早餐店", ""),
    ("腾退空间", "1", "社区养老服务机构", "大众餐饮店"),
)
# Each kind of room four times, and three halls large enough for a service centre.
SPACES = (*_ROOMS * 4, *(("闲置厂房", "1", "社区便民商业服务综合体", ""),) * 3)
HALL_METRES = 1200

_DISTRICT = """# 新街口示范区（演示）：哪些是真的、哪些是推算的、哪些是虚构的，见 README.md
[district]
name = "新街口示范区（演示）"
standard = "miyun_2023"
coordinates = "WGS-84"
extent = "extent.geojson"

[[roads]]
file = "streets.osm.pbf"
status = "real"
title = "步行道路、路口、大门和阻隔（OpenStreetMap）"
date = "2021-06-12"
licence = "ODbL 1.0，© OpenStreetMap contributors"

[[outlets]]
file = "streets.osm.pbf"
status = "real"
title = "地图上已有的网点（OpenStreetMap）"
date = "2021-06-12"
licence = "ODbL 1.0，© OpenStreetMap contributors"
complete_for = "none"
note = "地图上没有的网点不等于不存在"

[[outlets]]
file = "outlets_ledger.xlsx"
sheet = "网点"
coordinates = "WGS-84"
status = "made_up"
title = "便民网点补充台账（虚构）"
date = "2026-06"
licence = "CC0 1.0"
complete_for = "listed"
note = "全部虚构，位置沿真实道路摆放，频数见 README.md；有意留有缺口和错误行"

[[doors]]
file = "doors.geojson"
status = "modelled"
title = "住宅楼（轮廓真实，居住人口和年龄为模型推算）"
date = "2021-06-12"
licence = "ODbL 1.0，© OpenStreetMap contributors"

[[communities]]
file = "communities.geojson"
status = "derived"
title = "社区边界（按道路推导，名称虚构，人口为模型推算）"
date = "2024"
licence = "ODbL 1.0，© OpenStreetMap contributors"

[[circles]]
file = "circles.xlsx"
sheet = "生活圈"
status = "derived"
title = "生活圈清单（推导，类型和画像虚构）"
date = "2026-06"
licence = "ODbL 1.0，© OpenStreetMap contributors"

[[circles]]
file = "circle_boundaries.geojson"
status = "derived"
title = "生活圈边界（推导）"
date = "2026-06"
licence = "ODbL 1.0，© OpenStreetMap contributors"

[[gates]]
file = "gates.csv"
status = "made_up"
title = "小区大门（虚构）"
date = "2026-06"
licence = "CC0 1.0"

[[spaces]]
file = "spaces.xlsx"
sheet = "空间资源"
status = "made_up"
title = "空间资源台账（虚构）"
date = "2026-06"
licence = "CC0 1.0"
"""

_LICENCE = """# Licence of the demonstration district

`streets.osm.pbf` is an extract of OpenStreetMap, 12 June 2021, central Nanjing
(118.7655–118.7965 E, 32.0352–32.0520 N).

**© OpenStreetMap contributors.** The data are available under the Open Database Licence 1.0
(<https://opendatacommons.org/licenses/odbl/1-0/>, <https://www.openstreetmap.org/copyright>).
The extract was published in the repository `hongtao45/traffic-flow-generator` on GitHub, commit
`74b32028c339`.

`doors.geojson`, `communities.geojson`, `circles.xlsx`, `circle_boundaries.geojson` and
`extent.geojson` are derived from it and fall under the same licence.

`outlets_ledger.xlsx`, `gates.csv`, `spaces.xlsx` are made up by the LivingCircle contributors
and dedicated to the public domain (CC0 1.0).
"""

_README = """# 新街口示范区（演示）

一个可以直接运行的示范区。**社区、生活圈、网点台账都不是真实的**，任何结论都不能用于实际工作。

| 文件 | 内容 | 状态 |
|---|---|---|
| `streets.osm.pbf` | 南京新街口一带的道路、建筑、网点、大门、阻隔（OpenStreetMap，2021-06-12） | 真实 |
| `extent.geojson` | 上面的提取范围，5.45 平方公里 | 真实 |
| `doors.geojson` | {doors} 栋住宅；轮廓真实，{people} 位居民及年龄为推算 | 模型推算 |
| `communities.geojson` | {communities} 个社区；沿道路划出，名称虚构，人口为楼栋之和 | 推导 |
| `circles.xlsx`、`circle_boundaries.geojson` | {circles} 个生活圈；由社区合并而成，一个社区分属两圈 | 推导 |
| `outlets_ledger.xlsx` | {ledger} 行补充台账，像业务部门上传的表一样带有毛病 | 虚构 |
| `gates.csv` | {gates} 个小区大门 | 虚构 |
| `spaces.xlsx` | {spaces} 处空间资源 | 虚构 |

示范区是提取范围向内缩 {belt} 米的部分；道路和网点伸出边界，住在边上的人照样走得出去。

## 居民是怎样推算的

提取范围内的居民约 {extract_people} 人，由各街道的居民总数（约 2013–2014 年，原始出处不明）
乘以该街道面积落在范围内的比例得到：

| 街道 | 居民总数 | 范围内面积比例 |
|---|---|---|
{subdistricts}

再按住宅建筑面积分摊到每栋楼，整数分摊，一人不多、一人不少。住宅建筑面积 = 占地面积 × 层数；
未标层数的按占地面积推算（100 平方米以下 2 层，200 以下 3 层，其余 6 层）；
用途未标的楼，名称、所在用地、自身网点都不表明是非住宅、占地在 30 至 2500 平方米之间的，按住宅计。
地图上的楼不全，所以人均面积偏小、人口密度偏大。

年龄：0–3 岁 2.5 %、60 岁以上 22 %、65 岁以上 15.5 %、80 岁以上 3.8 %，各社区再乘一个系数；
一个社区超过密云方案的高龄门槛，两个社区没有年龄数据。

## 台账是怎样编的

各业态的数量以西安老城每平方公里的频数为底（17.9 平方公里、17,148 家），
再向全国占比靠拢（早餐 25 %、便利店 19 %、末端配送 11 %），四舍五入到好记的数。
位置沿真实的公共道路，离路 3–30 米；每种业态在选定的几个社区周围留出缺口。
毛病都是有意的：电话被表格软件变成小数、一店多能的几种写法、标明 GCJ-02 的坐标、经纬度颠倒、
零坐标、认不出的业态、度分秒、全角数字、空店名、不存在的日期、外地坐标、说不准的面积、重复行。

## 重新生成

`python tools/make_sample.py` 从 `streets.osm.pbf` 逐字节重新生成其余全部文件（随机种子 {seed}）。
"""  # noqa: E501 - rows of a table cannot be wrapped

TEXTS = {"district.toml": _DISTRICT, "LICENCE.md": _LICENCE, "README.md": _README}
