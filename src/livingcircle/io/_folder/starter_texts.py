"""Write the words of a new district folder: its description and what to fill in next."""

import geopandas as gpd

from livingcircle.coordinates import geodesic_length
from livingcircle.io.osm import OsmExtract

_LICENCE = "ODbL 1.0，© OpenStreetMap contributors"
_HEAD = """# 区的说明：列出每个文件、它是什么、能信到什么程度。# 开头的行是注释。
[district]
name = {name}
standard = "miyun_2023"        # 用哪套配置标准；livingcircle standards list 列出全部
coordinates = "WGS-84"         # 没有写明坐标系的文件按它读
extent = "extent.geojson"      # 道路和网点数据覆盖的范围；范围以外一概不知

[[roads]]                      # 道路、路口、大门、河流铁路围墙
file = "streets.osm.pbf"
status = "real"                # real 真实｜modelled 模型推算｜derived 推导｜made_up 虚构
title = "步行道路（OpenStreetMap）"
licence = "{licence}"

[[outlets]]                    # 地图上已有的网点；没有画出来不等于不存在
file = "streets.osm.pbf"
status = "real"
title = "地图上已有的网点（OpenStreetMap）"
licence = "{licence}"
complete_for = "none"          # 对任何业态都不算普查过，所以查不到的记“未核实”

# 有了网点台账（按 templates/outlets.xlsx 填写）之后，去掉下面几行开头的 #：
# [[outlets]]
# file = "outlets.xlsx"
# status = "real"
# title = "网点台账"
# date = "2026-06"
# coordinates = "GCJ-02"       # 高德、腾讯地图取的点写 GCJ-02，百度写 BD-09
# complete_for = "listed"      # 台账里出现过的业态都算普查过；没有的就是真的没有

[[communities]]
file = "communities.gpkg"
status = "derived"
title = "社区（从地图推导，人口待填）"
licence = "{licence}"

[[circles]]
file = "circles.xlsx"
status = "derived"
title = "生活圈（暂按一社区一圈，类型待填）"
"""
_DOORS = """
[[doors]]
file = "doors.gpkg"
status = "{status}"
title = "{title}"
licence = "{licence}"
"""
_README = """# {name}

这个文件夹由一份 OpenStreetMap 提取文件生成。**© OpenStreetMap contributors，ODbL 1.0**，
凡是展示这些数据的地方都要注明。

| 内容 | 数量 | 状态 |
|---|---|---|
| 可步行道路 | {kilometres} 公里 | 真实 |
| 地图上已有的网点 | {outlets} 个 | 真实，任何业态都不算普查过 |
| 住宅（推定） | {doors} 栋 | {people} |
| 社区 | {communities} 个 | 推导 |
| 生活圈 | {communities} 个 | 推导，一社区一圈 |

## 接下来填什么（按作用大小排）

1. **网点台账**：填 `templates/outlets.xlsx`，存成 `outlets.xlsx`，再去掉 `district.toml` 里那几行的 `#`。
   填之前，家政、物业、取水机等地图不知道的业态一律是“未核实”，不会说成“没有”。
2. **社区边界和人口**：`communities.gpkg` 换成真实边界；人口按 `templates/communities.xlsx` 填。
3. **生活圈**：在 `circles.xlsx` 里合并、拆分，填上生活圈类型。
4. **楼门人口**：知道每栋楼住多少人时，填 `templates/doors.xlsx`；空着表示不知道，不表示没有人。
5. **小区大门**：`templates/gates.xlsx`，写明公共还是居民专用、几点开。
6. **空间资源**：`templates/spaces.xlsx`。

填一步就可以运行一次：`livingcircle check 文件夹` 看哪里填错，`livingcircle assess 文件夹` 出结果。

## 住宅是怎样推定的

{model}。
"""  # noqa: E501 - rows of a table cannot be wrapped


def describe(name: str, *, has_doors: bool, modelled: bool) -> str:
    """Return the commented district.toml of a new folder."""
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = _HEAD.format(name=quoted, licence=_LICENCE)
    if has_doors:
        status = "modelled" if modelled else "derived"
        title = "住宅（轮廓真实，居住人口为模型推算）" if modelled else "住宅（推定，居住人口待填）"
        text += _DOORS.format(status=status, title=title, licence=_LICENCE)
    return text


def explain(
    name: str,
    extract: OsmExtract,
    *,
    communities: gpd.GeoDataFrame,
    doors: gpd.GeoDataFrame,
    model: str,
) -> str:
    """Return the README of a new folder: what is there, and what to fill in next."""
    metres = float(geodesic_length(extract.streets.geometry.to_numpy()).sum())
    known = doors["residents"].notna().any()
    total = int(doors["residents"].sum()) if known else 0
    return _README.format(
        name=name,
        kilometres=f"{metres / 1000:.1f}",
        outlets=len(extract.outlets),
        doors=len(doors),
        people=f"推导；居住人口 {total} 人为模型推算" if known else "推导；居住人口待填",
        communities=len(communities),
        model=model,
    )
