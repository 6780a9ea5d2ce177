"""The demo company as tables: units, people, categories, causes."""

from dataclasses import dataclass

from workflow.words import Role, UnitKind


@dataclass(frozen=True)
class Names:
    """What something is called, in the three languages."""

    zh_Hans: str  # noqa: N815 - the names of the catalogues
    zh_Hant: str  # noqa: N815
    en: str


@dataclass(frozen=True)
class UnitRow:
    code: str
    above: str
    kind: UnitKind
    names: Names


@dataclass(frozen=True)
class PersonRow:
    login: str
    name: str
    role: Role
    unit: str


@dataclass(frozen=True)
class CategoryRow:
    code: str
    above: str
    names: Names


COMPANY, BRANCH = UnitKind.COMPANY, UnitKind.BRANCH
DESK, DEPARTMENT = UnitKind.DESK, UnitKind.DEPARTMENT

UNITS = (
    UnitRow("company", "", COMPANY, Names("江州通信", "江州通信", "Jiangzhou Telecom")),
    UnitRow("branch", "company", BRANCH, Names("城区分公司", "城區分公司", "City Branch")),
    UnitRow("east_hall", "branch", DESK, Names("城东营业厅", "城東營業廳", "East Hall")),
    UnitRow("group_desk", "branch", DESK, Names("集团客户台", "集團客戶台", "Group-Customer Desk")),
    UnitRow("network", "branch", DEPARTMENT, Names("网络部", "網路部", "Network")),
    UnitRow("billing", "branch", DEPARTMENT, Names("计费账务部", "計費帳務部", "Billing")),
    UnitRow(
        "service_quality",
        "branch",
        DEPARTMENT,
        Names("服务质量部", "服務品質部", "Service Quality"),
    ),
    UnitRow("vendor", "branch", DEPARTMENT, Names("代维厂家", "代維廠家", "Vendor")),
    UnitRow("north", "company", BRANCH, Names("北郊分公司", "北郊分公司", "North Branch")),
    UnitRow("north_hall", "north", DESK, Names("北郊营业厅", "北郊營業廳", "North Hall")),
    UnitRow(
        "north_network", "north", DEPARTMENT, Names("北郊网络部", "北郊網路部", "North Network")
    ),
)
"""Parents first."""

DESK_ROLE, AGENT, LEAD = Role.FRONT_DESK, Role.AGENT, Role.LEAD

PEOPLE = (
    PersonRow("chen", "陈静", DESK_ROLE, "east_hall"),
    PersonRow("wang", "王磊", DESK_ROLE, "east_hall"),
    PersonRow("yang", "杨帆", DESK_ROLE, "east_hall"),
    PersonRow("lan", "蓝天宇", DESK_ROLE, "east_hall"),
    PersonRow("li", "李娜", DESK_ROLE, "group_desk"),
    PersonRow("xu", "许晴", DESK_ROLE, "group_desk"),
    PersonRow("zhao", "赵强", AGENT, "network"),
    PersonRow("gao", "高飞", AGENT, "network"),
    PersonRow("sun", "孙丽", LEAD, "network"),
    PersonRow("zhou", "周敏", AGENT, "billing"),
    PersonRow("tang", "唐悦", AGENT, "billing"),
    PersonRow("wu", "吴涛", LEAD, "billing"),
    PersonRow("chu", "褚云", AGENT, "service_quality"),
    PersonRow("yao", "姚远", LEAD, "service_quality"),
    PersonRow("feng", "冯刚", AGENT, "vendor"),
    PersonRow("kang", "康伟", LEAD, "vendor"),
    PersonRow("zheng", "郑红", Role.SUPERVISOR, "branch"),
    PersonRow("jia", "贾明", Role.SUPERVISOR, "branch"),
    PersonRow("qian", "钱芳", Role.QUALITY, "branch"),
    PersonRow("he", "何建国", Role.EXECUTIVE, "company"),
    PersonRow("shen", "沈洁", Role.AUDITOR, "company"),
    PersonRow("admin", "管理员", Role.ADMINISTRATOR, "company"),
    PersonRow("ma", "马丽", DESK_ROLE, "north_hall"),
    PersonRow("guo", "郭亮", DESK_ROLE, "north_hall"),
    PersonRow("luo", "罗斌", AGENT, "north_network"),
    PersonRow("liang", "梁栋", LEAD, "north_network"),
    PersonRow("xie", "谢婷", Role.SUPERVISOR, "north"),
)

CATEGORIES = (
    CategoryRow("broadband", "", Names("宽带", "寬頻", "Broadband")),
    CategoryRow("outage", "broadband", Names("宽带中断", "寬頻中斷", "No connection")),
    CategoryRow("slow", "broadband", Names("网速慢", "網速慢", "Slow connection")),
    CategoryRow("install", "broadband", Names("装机移机", "裝機移機", "Installing and moving")),
    CategoryRow("mobile", "", Names("移动业务", "行動業務", "Mobile")),
    CategoryRow("coverage", "mobile", Names("信号覆盖", "訊號覆蓋", "Coverage")),
    CategoryRow("data", "mobile", Names("上网与流量", "上網與流量", "Mobile data")),
    CategoryRow("roaming", "mobile", Names("漫游", "漫遊", "Roaming")),
    CategoryRow("porting", "mobile", Names("携号转网", "攜碼轉網", "Number porting")),
    CategoryRow("charges", "", Names("费用", "費用", "Charges")),
    CategoryRow("wrong_bill", "charges", Names("账单有误", "帳單有誤", "Wrong bill")),
    CategoryRow("extras", "charges", Names("增值业务扣费", "加值業務扣費", "Value-added services")),
    CategoryRow("refund", "charges", Names("退费", "退費", "Refund")),
    CategoryRow("suspension", "charges", Names("欠费停机", "欠費停機", "Suspension")),
    CategoryRow("group", "", Names("集团业务", "集團業務", "Group business")),
    CategoryRow("leased_line", "group", Names("专线故障", "專線故障", "Leased line")),
    CategoryRow("contract", "group", Names("合同与资费", "合約與資費", "Contract and rates")),
    CategoryRow("delivery", "group", Names("业务开通", "業務開通", "Delivery")),
    CategoryRow("service", "", Names("服务", "服務", "Service")),
    CategoryRow("attitude", "service", Names("服务态度", "服務態度", "Conduct of staff")),
    CategoryRow("promise", "service", Names("宣传与承诺", "宣傳與承諾", "Sales promises")),
    CategoryRow("spam", "service", Names("骚扰与垃圾短信", "騷擾與垃圾簡訊", "Spam and nuisance")),
    CategoryRow("privacy", "service", Names("个人信息", "個人資料", "Personal data")),
    CategoryRow("other", "", Names("其他", "其他", "Other")),
)

CAUSES = (
    CategoryRow("line_fault", "", Names("线路故障", "線路故障", "Line fault")),
    CategoryRow("equipment", "", Names("设备故障", "設備故障", "Equipment fault")),
    CategoryRow("power", "", Names("停电", "停電", "Power failure")),
    CategoryRow("digging", "", Names("外力施工挖断", "外力施工挖斷", "Cut by building work")),
    CategoryRow("capacity", "", Names("容量不足", "容量不足", "Not enough capacity")),
    CategoryRow("no_coverage", "", Names("覆盖不足", "覆蓋不足", "Gap in coverage")),
    CategoryRow("billing_error", "", Names("计费差错", "計費差錯", "Billing error")),
    CategoryRow("system_fault", "", Names("系统故障", "系統故障", "System fault")),
    CategoryRow("tariff", "", Names("资费说明不清", "資費說明不清", "Tariff not explained")),
    CategoryRow("mis_selling", "", Names("误导营销", "誤導行銷", "Misleading sale")),
    CategoryRow("conduct", "", Names("员工服务不规范", "員工服務不規範", "Conduct of staff")),
    CategoryRow("delay", "", Names("流程延误", "流程延誤", "Delay in the process")),
    CategoryRow("contractor", "", Names("代维单位原因", "代維單位原因", "Contractor")),
    CategoryRow("third_party", "", Names("第三方原因", "第三方原因", "Third party")),
    CategoryRow("customer_side", "", Names("客户侧原因", "客戶側原因", "At the customer's")),
    CategoryRow("nothing_found", "", Names("未发现异常", "未發現異常", "Nothing found")),
    CategoryRow("unknown", "", Names("来源系统未记录", "來源系統未記錄", "Not recorded at source")),
)
