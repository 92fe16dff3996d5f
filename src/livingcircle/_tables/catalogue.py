# ruff: noqa: E501 - one column a line reads as a table; Chinese counts double width.
"""List the columns of every input table: names, titles, words, limits, examples, remarks.

This is the one place where a column is named; templates, checks, the reference page and the
web's forms are all made from it.
"""

from types import MappingProxyType

from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Kind
from livingcircle._tables.columns import Table

_MOST_IN_A_COMMUNITY = 1_000_000.0  # the largest single community of China has some 150,000
_MOST_IN_A_DOOR = 50_000.0  # a "door" may be a whole compound
_AGES = (
    Column("age_0_3", "0-3岁人口", Kind.PEOPLE, unit="人", example="120",
           aliases=("0-3岁", "3岁以下人口", "0-3岁婴幼儿", "婴幼儿人口", "0-3岁人口数")),
    Column("age_60_plus", "60岁及以上人口", Kind.PEOPLE, unit="人", example="860",
           aliases=("60岁以上人口", "60岁及以上", "60岁以上", "60+", "老年人口", "60岁以上老年人口")),
    Column("age_65_plus", "65岁及以上人口", Kind.PEOPLE, unit="人", example="560",
           aliases=("65岁以上人口", "65岁及以上", "65岁以上", "65+")),
    Column("age_80_plus", "80岁及以上人口", Kind.PEOPLE, unit="人", example="90",
           aliases=("80岁以上人口", "80岁及以上", "80岁以上", "80+", "高龄人口")),
)  # fmt: skip
_SYSTEM = Column(
    "coordinates", "坐标系", Kind.SYSTEM, aliases=("坐标系统", "坐标类型", "crs"), example="GCJ-02",
    remark="WGS-84、CGCS2000、GCJ-02（高德、腾讯）、BD-09（百度），或 EPSG 号；不填时按 district.toml",
)  # fmt: skip
_PLACE = (
    Column("lon", "经度", Kind.LONGITUDE, unit="度", example="116.843210",
           aliases=("lng", "longitude", "经度坐标", "东经", "东坐标", "wgslng", "x"),
           remark="十进制度，或 116°21′00″E；投影坐标时填东坐标（米）"),
    Column("lat", "纬度", Kind.LATITUDE, unit="度", example="40.376540",
           aliases=("latitude", "纬度坐标", "北纬", "北坐标", "wgslat", "y"),
           remark="十进制度，或 40°22′36″N；投影坐标时填北坐标（米）"),
    _SYSTEM,
)  # fmt: skip


def _choices(**words: str) -> MappingProxyType[str, str]:
    """Turn code="词、别名" into word → code, in the order given."""
    return MappingProxyType({w: code for code, names in words.items() for w in names.split("、")})


def _yes_no(name: str, title: str, *aliases: str, remark: str = "") -> Column:
    remark = remark or "是/否；不填表示未核实，不等于“否”"
    return Column(name, title, Kind.BOOLEAN, aliases=aliases, example="是", remark=remark)


def _area(name: str, title: str, *aliases: str) -> Column:
    return Column(name, title, Kind.NUMBER, unit="平方米", aliases=aliases, example="85",
                  low=0.0, high=1e8, positive=True)  # fmt: skip


def _people(name: str, title: str, *aliases: str, most: float, unit: str = "人") -> Column:
    return Column(name, title, Kind.PEOPLE, unit=unit, aliases=aliases, example="3200", high=most)


def _ages(most: float) -> tuple[Column, ...]:
    return tuple(
        Column(
            c.name, c.title, c.kind, unit=c.unit, aliases=c.aliases, example=c.example, high=most
        )
        for c in _AGES
    )


OUTLETS = Table("outlets", "网点", (
    Column("outlet_id", "网点编号", Kind.ID, aliases=("编号", "网点id", "id", "门店编号"), example="MY-0001",
           remark="不填时自动编号；同一编号不能出现两次"),
    Column("name", "网点名称", required=True, example="果园便民超市",
           aliases=("名称", "店名", "店铺名称", "门店名称", "店铺名", "商户名称", "字号名称", "name:zh")),
    Column("trades", "业态", Kind.TRADES, required=True, example="便利店、早餐店",
           aliases=("业态类型", "经营业态", "业态名称", "网点类型", "trade", "类型", "业态类别"),
           remark="一店多能写多个，用“、”分开（密云 附件1.1 一）；认不出的进入待核清单，不计入任何业态"),
    Column("address", "地址", aliases=("详细地址", "经营地址", "门店地址", "addr"), example="果园街道果园西里 12 号楼底商"),
    *_PLACE,
    Column("phone", "联系电话", Kind.PHONE, aliases=("电话", "联系方式", "手机", "手机号", "tel"),
           example="13800138000"),
    Column("credit_code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码", "社会信用代码"),
           example="91110000000000000E"),
    Column("hours", "营业时间", Kind.HOURS, aliases=("营业时段", "开放时间", "opening_hours"), example="07:00-22:00"),
    _area("area_m2", "建筑面积（平方米）", "面积", "营业面积", "经营面积", "使用面积"),
    _yes_no("chain", "是否连锁", "连锁", "连锁门店"),
    _yes_no("online", "是否入驻线上平台", "线上平台", "是否上线", "入驻线上平台"),
    _yes_no("quality_brand", "是否优质品牌", "优质品牌"),
    Column("brand", "品牌", aliases=("品牌名称", "连锁品牌"), example="物美"),
    Column("status", "状态", Kind.CHOICE, aliases=("营业状态", "经营状态"), example="营业", default="open",
           otherwise="unverified", remark="不填按营业",
           choices=_choices(open="营业、在营、正常、正常营业、营业中、开业", closed="停业、关闭、已关闭、歇业、注销、已停业",
                            planned="筹建、在建、规划、拟建、筹备", unverified="未核实、待核、待核实、不详")),
    Column("supply", "供给方式", Kind.CHOICE, example="固定", default="fixed", otherwise="fixed",
           remark="不填按固定",
           choices=_choices(fixed="固定、固定网点、实体", mobile="移动、流动、流动车、移动服务",
                            temporary="临时、临时摊位", online="线上、网上")),
    _yes_no("same_day_online", "线上当日服务", "当日线上服务", "线上当日达",
            remark="线上可当日满足服务的业态可不要求实体（密云 附件1.1 注 **）；不填表示未核实"),
    _yes_no("step_free", "无障碍", "无障碍设施", "无障碍通行", "wheelchair"),
    Column("service_centre_id", "所属综合体", aliases=("综合体编号", "所属综合体编号"), example="",
           remark="所属社区便民商业服务综合体的网点编号"),
    Column("verified_on", "核实日期", Kind.DATE, aliases=("核查日期", "采集日期", "更新日期"), example="2026-06-01"),
    Column("verified_by", "核实人", aliases=("核查人", "采集人"), example="社区工作者"),
    Column("note", "备注", aliases=("说明",), example=""),
), ("point", "polygon"), placed=True, remark="一行一个实体网点；一店多能只写一行")  # fmt: skip

COMMUNITIES = Table("communities", "社区（村）", (
    Column("community_id", "社区编号", Kind.ID, aliases=("编号", "社区代码", "社区（村）编号", "code", "id"),
           example="110118001001"),
    Column("name", "社区名称", required=True, aliases=("名称", "社区", "社区（村）", "社区村", "社区（村）名称", "村名"),
           example="果园西里社区"),
    Column("kind", "类别", Kind.CHOICE, aliases=("社区类别",), example="社区",
           choices=_choices(community="社区、居委会、社区居委会", village="村、行政村、村委会")),
    Column("subdistrict", "所属街道", aliases=("街道", "街道乡镇", "街道（乡镇）", "所属街道（乡镇）", "所属街道乡镇"),
           example="果园街道"),
    _people("population", "常住人口", "人口", "总人口", "常住人口数", "人口数", most=_MOST_IN_A_COMMUNITY),
    Column("year", "人口年份", Kind.YEAR, aliases=("年份", "统计年份"), example="2025", low=1949, high=2100),
    *_ages(_MOST_IN_A_COMMUNITY),
    _people("households", "户数", "家庭户数", "总户数", most=_MOST_IN_A_COMMUNITY, unit="户"),
    _people("dwellings", "住宅套数", "套数", most=_MOST_IN_A_COMMUNITY, unit="套"),
    _area("floor_area_m2", "总建筑面积（平方米）", "总建筑面积", "住宅建筑面积"),
    Column("built_year", "建成年份", Kind.YEAR, aliases=("建成年代", "建设年份"), example="1998", low=1800, high=2100),
    Column("zone", "区位", aliases=("所在区位",), example="老城"),
), ("polygon",), placed=False, remark="人口、边界可以分在两个文件里，按编号或名称合并")  # fmt: skip

CIRCLES = Table("circles", "生活圈", (
    Column("circle_id", "生活圈编号", Kind.ID, aliases=("编号", "no", "id"), example="1"),
    Column("name", "生活圈名称", required=True, aliases=("名称", "生活圈", "circle", "便民生活圈名称"),
           example="果园生活圈"),
    Column("kind", "生活圈类型", Kind.CHOICE, aliases=("类型", "type", "生活圈类别"), example="老城区住宅", free=True,
           remark="配置标准另立的类型也可以写，如“产业社区”",
           choices=_choices(old_town="老城区住宅、老城区住宅生活圈、老城区", commercial_cultural="商业文化、商业文化生活圈",
                            new_residential="新兴住宅、新兴住宅生活圈", urban_fringe="城乡结合部、城乡结合部生活圈")),
    Column("subtype", "亚类", Kind.CHOICE, aliases=("细分类型",), example="", free=True,
           remark="配置标准另立的亚类也可以写",
           choices=_choices(technology="科技产业、科技产业园、科技", university="高校、大学、高校周边")),
    Column("formation", "划分方式", Kind.CHOICE, aliases=("组建方式", "division", "形成方式"), example="合并",
           choices=_choices(merged="合并", split="拆分", single="独立")),
    Column("members", "覆盖社区", aliases=("包含社区", "覆盖社区（村）", "communities", "社区", "覆盖社区名称"),
           example="果园新里社区、果园西里社区", remark="社区名称或编号，用“、”分开；只含一部分时写“某社区（部分）”"),
    Column("community_count", "覆盖社区数", Kind.INTEGER, aliases=("社区数", "社区个数", "ncommunities", "n_communities"),
           example="2", low=0, high=200),
    Column("subdistrict", "所属街道", aliases=("街道", "街道乡镇", "街道（乡镇）", "street", "所属街道（乡镇）"),
           example="果园街道"),
    _people("population", "服务人口", "人口", "常住人口", "服务人口数", "population_wan（万人）",
            most=_MOST_IN_A_COMMUNITY),
    _people("households", "户数", "家庭户数", "总户数", most=_MOST_IN_A_COMMUNITY, unit="户"),
    _people("dwellings", "住宅套数", "套数", most=_MOST_IN_A_COMMUNITY, unit="套"),
    Column("planned_year", "预计建成年份", Kind.YEAR, aliases=("建成年份", "year", "预计建成时间", "建成时间"),
           example="2025", low=2000, high=2100),
    Column("resident_profile", "人群画像", example="老年人和中青年人为主"),
    Column("trade_completeness", "社区业态完备度", aliases=("业态完备度", "completeness"), example=""),
    Column("built_profile", "社区画像", aliases=("communityprofile", "community_profile"), example=""),
    Column("location_resources", "区位资源", aliases=("location_resource",), example=""),
    Column("openness", "社区开放度", aliases=("开放度",), example=""),
    Column("cooperation", "社区协同度", aliases=("协同度", "synergy"), example=""),
), ("polygon",), placed=False, remark="给出覆盖社区，或画出边界，或两者都给")  # fmt: skip

DOORS = Table("doors", "楼门", (
    Column("door_id", "楼门编号", Kind.ID, aliases=("编号", "楼栋编号", "building_id", "id"), example="D-0001"),
    Column("name", "名称", aliases=("楼门名称", "楼栋", "楼号"), example="果园西里 12 号楼"),
    _people("residents", "居住人口", "人口", "常住人口", "population", most=_MOST_IN_A_DOOR),
    _people("households", "户数", "家庭户数", most=_MOST_IN_A_DOOR, unit="户"),
    *_ages(_MOST_IN_A_DOOR),
    Column("community", "所属社区", aliases=("社区", "社区名称", "社区编号", "community_id"), example="果园西里社区",
           remark="社区名称或编号；不填时按位置判断"),
    Column("compound", "小区", aliases=("小区名称", "所属小区"), example="果园西里"),
    Column("use", "用途", aliases=("建筑用途", "房屋用途"), example="住宅"),
    _area("floor_area_m2", "建筑面积（平方米）", "建筑面积", "面积"),
    Column("levels", "层数", Kind.NUMBER, unit="层", aliases=("楼层数", "building:levels"), example="6",
           low=0, high=200, positive=True),
    _area("footprint_m2", "占地面积（平方米）", "占地面积", "基底面积"),
    *_PLACE,
), ("point", "polygon"), placed=True, remark="有人居住的楼门或楼栋；面状的楼栋取内部一点")  # fmt: skip

ENTRANCES = Table("entrances", "出入口", (
    Column("entrance_id", "出入口编号", Kind.ID, aliases=("编号", "id"), example="E-0001"),
    Column("of", "对象类型", Kind.CHOICE, required=True, aliases=("所属类型",), example="网点",
           choices=_choices(outlet="网点", door="楼门、楼栋", compound="小区")),
    Column("of_id", "对象编号", required=True, aliases=("所属编号",), example="MY-0001"),
    *_PLACE,
), ("point",), placed=True, remark="一个网点、楼门或小区可以有多个出入口")  # fmt: skip

GATES = Table("gates", "小区门", (
    Column("gate_id", "门编号", Kind.ID, aliases=("编号", "id"), example="G-0001"),
    Column("name", "名称", aliases=("门名称",), example="果园西里东门"),
    Column("compound", "小区", aliases=("小区名称", "所属小区"), example="果园西里"),
    Column("gate_class", "类别", Kind.CHOICE, required=True, aliases=("门类别", "通行类别", "开放类别"),
           example="居民专用", otherwise="unknown",
           choices=_choices(public="公共、开放、对外开放", residents="居民专用、仅居民、居民", closed="关闭、封闭、不开放",
                            unknown="未核实、不详、待核实")),
    Column("hours", "开放时间", aliases=("开门时间",), example="06:00-23:00"),
    *_PLACE,
), ("point",), placed=True, remark="小区围墙上的门；类别决定外人能不能走")  # fmt: skip

BARRIERS = Table("barriers", "阻隔", (
    Column("barrier_id", "阻隔编号", Kind.ID, aliases=("编号", "id"), example="B-0001"),
    Column("kind", "类别", Kind.CHOICE, aliases=("阻隔类别", "类型"), example="河流",
           choices=_choices(river="河流、河道、水系", railway="铁路、轨道", expressway="快速路、高速公路、主干路",
                            wall="围墙、围栏、墙")),
    Column("name", "名称", example="潮河"),
), ("line", "polygon"), placed=True, remark="步行过不去的线或面")  # fmt: skip

SPACES = Table("spaces", "空间资源", (
    Column("space_id", "空间编号", Kind.ID, aliases=("编号", "id"), example="S-0001"),
    Column("name", "空间名称", required=True, aliases=("名称",), example="果园西里地下室"),
    Column("kind", "空间类型", aliases=("类型", "空间类别"), example="地下空间",
           remark="腾退空间、地下空间、车棚、锅炉房等"),
    _area("area_m2", "面积（平方米）", "面积", "建筑面积", "可用面积"),
    Column("floor", "楼层", aliases=("所在楼层",), example="1"),
    Column("owner", "产权单位", aliases=("权属单位", "产权人"), example="果园街道办事处"),
    Column("approval_path", "审批路径", example=""),
    Column("suitable_trades", "适合业态", aliases=("适宜业态",), example="便利店、理发店"),
    Column("excluded_trades", "不适合业态", aliases=("不宜业态", "限制业态"), example="大众餐饮店"),
    Column("occupancy", "使用状态", aliases=("使用情况", "现状用途"), example="空置"),
    Column("lease_end", "租约到期", Kind.DATE, aliases=("租期截止", "租约到期日"), example="2026-12-31"),
    Column("cost", "估算投入（万元）", Kind.NUMBER, unit="万元", aliases=("估算投入", "投入", "改造费用", "改造投入"),
           example="", low=0.0, high=1e6, remark="改造和开办的估算投入，选址按预算算时用；不填表示未核实"),
    Column("note", "备注", aliases=("说明",), example=""),
    *_PLACE,
), ("point", "polygon"), placed=False, remark="可以用来补网点的空间台账")  # fmt: skip

REPORTS = Table("reports", "上报事项", (
    Column("report_id", "编号", Kind.ID, aliases=("序号", "id"), example="U-0001"),
    Column("level", "层级", Kind.CHOICE, aliases=("单位层级",), example="生活圈",
           choices=_choices(community="社区、社区（村）、村", circle="生活圈、圈", subdistrict="街道、街道（乡镇）、乡镇",
                            district="全区、区、全市、市"),
           remark="不填时按单位的名称判断"),
    Column("unit", "单位", aliases=("单位名称", "对象", "生活圈名称", "社区名称"), example="果园生活圈",
           remark="社区、生活圈或街道的名称或编号；不填表示全区"),
    Column("item", "事项", required=True, aliases=("指标", "要求编号", "要求", "上报内容"), example="居民综合满意度",
           remark="配置标准里的要求编号、要求名称或指标名称；评定的等级写“等级”"),
    Column("value", "结果", required=True, aliases=("数值", "结论", "完成数", "值"), example="92%",
           remark="人工确认写是或否，指标写数字或百分数，进度写到这一天的累计数，等级写等级名称"),
    Column("sample", "样本数", Kind.INTEGER, unit="人", low=1,
           aliases=("样本量", "抽样人数", "有效样本数", "有效样本", "调查人数", "有效问卷数", "问卷数"), example="138",
           remark="结果是抽样调查的百分数时，写问了多少人；据此给出95%区间"),
    Column("date", "日期", Kind.DATE, aliases=("核实日期", "截止日期", "时间"), example="2026-06-30",
           remark="结果是哪一天的；同一事项报过几次，取评估日期之前最近的一次"),
    Column("evidence", "佐证材料", aliases=("佐证", "依据", "证明材料"), example="2026年上半年满意度调查报告"),
    Column("note", "备注", aliases=("说明",), example=""),
), (), placed=False, remark="表格里算不出来、要由人上报的：人工确认、满意度等指标、分期目标进度、评定等级")  # fmt: skip

STREETS = Table("streets", "街道路段", (
    Column("segment_id", "路段编号", Kind.ID, aliases=("编号", "id"), example="R-0001"),
    Column("way_id", "道路编号", aliases=("osm_id", "osmid"), example=""),
    Column("name", "道路名称", aliases=("名称", "路名"), example="果园西路"),
    Column("highway", "道路类型", aliases=("类型", "等级", "道路等级", "fclass"), example="footway",
           default="unclassified", remark="OpenStreetMap 的 highway 值；不填按普通小路"),
    Column("from_node", "起点编号", Kind.INTEGER, aliases=("from",), example="",
           remark="与终点编号一起给出时，路口连接以编号为准；否则按端点坐标"),
    Column("to_node", "终点编号", Kind.INTEGER, aliases=("to",), example=""),
    Column("access", "通行", Kind.CHOICE, example="公共", default="public", otherwise="public",
           choices=_choices(public="公共、开放、yes、permissive", residents="居民专用、仅居民、private、destination",
                            closed="禁止、关闭、no")),
    Column("layer", "层", Kind.INTEGER, default="0", example="0", low=-10, high=10),
    Column("structure", "结构", Kind.CHOICE, example="", choices=_choices(bridge="桥、桥梁、天桥", tunnel="隧道、地道")),
    Column("steps", "台阶", Kind.BOOLEAN, default="否", example="否", remark="不填按没有台阶"),
    Column("oneway", "单向步行", Kind.INTEGER, default="0", example="0", low=-1, high=1,
           remark="0 双向，1 只能顺线方向走，-1 只能逆向"),
    Column("crossing", "过街", Kind.CHOICE, example="",
           choices=_choices(signals="信号灯、信号灯过街", marked="斑马线、人行横道", unmarked="无标线",
                            footbridge="天桥、人行天桥", underpass="地下通道")),
    Column("wheelchair", "轮椅通行", Kind.BOOLEAN, example="", remark="不填表示未核实"),
    Column("length_m", "长度（米）", Kind.NUMBER, unit="米", aliases=("长度", "length"), low=0.0, high=1e6,
           positive=True, example="", remark="不填时在椭球面上量取"),
), ("line",), placed=True, remark="步行路网的线；也可以直接给 .osm.pbf")  # fmt: skip

JUNCTIONS = Table("junctions", "路口", (
    Column("node_id", "路口编号", Kind.INTEGER, required=True, aliases=("编号", "id"), example="1"),
    Column("kind", "类别", Kind.CHOICE, example="信号灯过街",
           choices=_choices(crossing_signals="信号灯过街", crossing_marked="斑马线过街", crossing_unmarked="无标线过街",
                            signals="信号灯", elevator="电梯")),
), ("point",), placed=True, remark="要等待或会拦人的路口")  # fmt: skip

SCENARIOS = Table("scenarios", "方案", (
    Column("scenario_id", "步骤编号", Kind.ID, aliases=("编号", "序号", "id"), example="1"),
    Column("scenario", "方案", required=True, aliases=("方案名称", "情景"), example="方案一",
           remark="同名的几行是一个方案，按行的先后执行；每个方案都从现状出发"),
    Column("action", "动作", Kind.CHOICE, required=True, aliases=("步骤", "改动"), example="新增网点",
           choices=_choices(add_outlet="新增网点、新增、增设", close_outlet="停业、关闭网点、撤销网点、减少网点",
                            move_outlet="迁移、搬迁、移动网点", open_gate="开门、打开大门、开放小区门",
                            footbridge="新建天桥、天桥、人行天桥", change_hours="调整营业时间、延长营业时间、改营业时间")),
    Column("object", "对象编号", aliases=("对象", "网点编号", "小区门编号"), example="",
           remark="停业、迁移、调整营业时间写网点编号；开门写小区门编号；新增可不填"),
    Column("trades", "业态", example="药店", remark="新增网点的业态，写多个用“、”分开"),
    Column("space", "空间编号", aliases=("空间",), example="", remark="新增、迁移到台账里的空间时写它的编号，可代替经纬度"),
    Column("hours", "营业时间", example="", remark="调整后的营业时间"),
    Column("lon", "经度", Kind.NUMBER, low=-180.0, high=180.0, example="116.84321", remark="WGS-84；天桥的一端"),
    Column("lat", "纬度", Kind.NUMBER, low=-90.0, high=90.0, example="40.37654"),
    Column("to_lon", "到经度", Kind.NUMBER, low=-180.0, high=180.0, example="", remark="天桥的另一端"),
    Column("to_lat", "到纬度", Kind.NUMBER, low=-90.0, high=90.0, example=""),
    Column("note", "备注", aliases=("说明",), example=""),
), (), placed=False, remark="假如……会怎样：新增、停业、迁移网点，开小区门，建天桥")  # fmt: skip
