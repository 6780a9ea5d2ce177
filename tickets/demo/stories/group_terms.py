"""Group customers: contracts, rates, and who keeps what was promised."""

from tickets.demo.steps import (
    Story,
    Who,
    accept,
    answer,
    arbitrate,
    ask,
    call,
    contact,
    dispatch,
    give_back,
    inform,
    new_deadline,
    raise_level,
    reject,
    resolve,
    start,
)
from workflow.words import (
    CallOutcome,
    Channel,
    GroupTier,
    Remedy,
    Resolution,
    Ruling,
    Severity,
    WaitReason,
)

TEXTILE = Who("锦绣纺织", "0571 8800 0601", GroupTier.B2, "经开区", "JT-B2-0601")

STORIES = (
    Story(
        "contract_price", "li", "-5 10:00", TEXTILE, "contract",
        "续约时说好专线打七折，账单还是原价，客户经理换人后没人认账。",
        "按七折重出三个月账单。", channel=Channel.ACCOUNT_MANAGER,
        steps=(
            dispatch("-5 10:20", "billing", "请核对续约补充协议折扣是否录入，重出账单差额。"),
            accept("-5 11:00", "zhou", "billing"),
            answer("-4 15:00", "zhou", "billing", "系统无折扣记录，按原价出账无误。"),
            reject("-4 15:30", "billing", "补充协议扫描件已附，第三条写明七折，请按协议核算，不要只看系统。"),
        ),
    ),
    Story(
        "double_contract", "xu", "-16 09:00",
        Who("恒通电器", "0571 8800 0602", GroupTier.C, "经开区", "JT-C-0602"), "contract",
        "同一部固话被收了两份月租，查了是搬迁时建了两个用户。",
        "退一年多收的。",
        steps=(
            dispatch("-16 09:30", "billing", "请核实重复建户与多收金额。"),
            accept("-16 10:00", "zhou", "billing"),
            answer("-15 11:00", "zhou", "billing", "重复建户属实，13个月共多收325元。"),
            resolve("-15 11:30", "搬迁时重复建户，多收325元已退至贵司账户，重复户已拆。",
                    Resolution.UPHELD, "billing_error", Remedy.REFUND),
            call("-15 15:00", CallOutcome.ACCEPTED, "财务确认。"),
        ),
    ),
    Story(
        "invoice_title", "xu", "-4 09:20",
        Who("春晖幼儿园", "0571 8800 0603", GroupTier.C, "东湖街道", "JT-C-0603"), "contract",
        "发票抬头连续两个月开错，财务无法报销。",
        "重开，并今后不再错。",
        steps=(
            start("-4 09:30"),
            ask("-4 09:45", "请提供最新的营业执照与开票信息。", WaitReason.DOCUMENTS, "-90m"),
        ),
    ),
    Story(
        "cloud_delay", "li", "-6 14:00",
        Who("江州港务", "0571 8800 0604", GroupTier.A2, "港区", "JT-A2-0604"), "delivery",
        "云专线项目三期延期两次，影响码头新系统上线，董事长亲自过问。",
        "给不可再变的日期，由公司领导签字。", channel=Channel.ACCOUNT_MANAGER, severity=Severity.MAJOR,
        steps=(
            dispatch("-6 14:10", "network vendor", "请提供三期剩余工作与责任人，给出最终日期。"),
            raise_level("-6 14:15", "客户董事长过问，A2级客户重点项目。"),
            accept("-6 14:20", "gao", "network"),
            accept("-6 14:30", "feng", "vendor"),
            new_deadline("-6 16:00", "zheng", "+3 18:00", "设备到货需一周，已与客户面谈确认新日期。"),
            raise_level("-6 16:10", "已向何总汇报，由公司领导督办。", by="zheng"),
            inform("-6 16:30", "已当面告知新日期和分阶段计划，客户同意。"),
            answer("-3 17:00", "gao", "network", "传输侧已全部完成，待代维侧设备加电。"),
        ),
    ),
    Story(
        "who_repairs", "xu", "-3 10:20",
        Who("华盛印务", "0571 8800 0605", GroupTier.C, "经开区", "JT-C-0605"), "delivery",
        "租用的路由器坏了十天，网络部说找代维，代维说找厂家，厂家说过保。",
        "谁来修，今天给我答复。", severity=Severity.SERIOUS,
        steps=(
            dispatch("-3 10:30", "vendor", "租用设备故障，请更换。"),
            give_back("-3 11:30", "feng", "vendor", "设备过保，更换需网络部批备件。"),
            dispatch("-3 11:45", "network", "请批备件并更换租用路由器。"),
            give_back("-3 14:20", "gao", "network", "租用终端归代维管理，网络部无备件。"),
            arbitrate("-2 09:30", "zheng", "network", Ruling.BIND_OTHER,
                      "租用终端由代维负责到底，备件从应急库出，不得再退。", other="vendor"),
        ),
    ),
    Story(
        "five_sims_lost", "li", "-2 13:10",
        Who("安居物业", "0571 8800 0606", GroupTier.C, "柳园小区", "JT-C-0606"), "contract",
        "集团V网加了五个新员工，三个加不进去，短号打不通。",
        "今天加好。",
        steps=(
            dispatch("-2 13:30", "billing", "V网成员添加失败，请查。"),
            accept("-2 14:00", "zhou", "billing"),
            answer("-1 10:30", "zhou", "billing", "三个号码为其他集团成员未退网，已协调退出并加入，短号测试正常。"),
        ),
    ),
    Story(
        "english_contract", "li", "-7 11:00",
        Who("Nordwind Machinery", "0571 8800 0607", GroupTier.B1, "经开区", "JT-B1-0607", "en"), "contract",
        "Our three-year contract was renewed automatically although we cancelled in writing 70 "
        "days before it ended. Head office in Hamburg has rejected the invoice.",
        "Written confirmation that the contract has ended, and a credit note.",
        channel=Channel.EMAIL, severity=Severity.SERIOUS,
        steps=(
            dispatch("-7 11:30", "service_quality billing", "客户书面通知已于到期前70天送达，请确认不续约并开红字发票。"),
            accept("-7 13:00", "chu", "service_quality"),
            accept("-7 13:10", "tang", "billing"),
            answer("-6 16:00", "chu", "service_quality", "书面通知有效，合同按期终止。"),
            answer("-5 10:00", "tang", "billing", "红字发票已开，金额18,600元冲回。"),
            resolve("-5 10:30", "Your notice was received in time. The contract has ended; a credit note over 18,600 "
                    "yuan has been issued and sent to your accounts department.",
                    Resolution.UPHELD, "delay", Remedy.CONTRACT_CHANGE),
            call("-5 16:00", CallOutcome.THIRD_PARTY),
            call("-4 16:30", CallOutcome.ACCEPTED, "Confirmed by the commercial director; credit note received."),
        ),
    ),
    Story(
        "manager_changes", "li", "-90m", TEXTILE, "contract",
        "一年换了四个客户经理，每次都要重新介绍我们的业务。",
        "固定一个人。", channel=Channel.ACCOUNT_MANAGER,
        steps=(contact("-20m", "xu", "锦绣纺织王总来电：希望今天能有答复。"),),
    ),
    Story(
        "executive_received", "he", "-1 10:00",
        Who("市政数据局", "0571 8800 0608", GroupTier.A1, "城中", "JT-A1-0608"), "delivery",
        "政务外网新节点约定月底交付，局领导当面反映进度没有任何反馈。",
        "每周书面报告一次。", channel=Channel.ACCOUNT_MANAGER, severity=Severity.SERIOUS,
        steps=(
            dispatch("-1 10:30", "network", "局领导当面反映，请明早前交进度与风险清单。"),
            accept("-1 11:00", "sun", "network"),
        ),
    ),
)  # fmt: skip
