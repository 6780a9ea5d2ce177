"""Mobile: coverage, data, roaming."""

from tickets.demo.steps import (
    Story,
    Who,
    accept,
    answer,
    ask,
    call,
    dispatch,
    give_back,
    inform,
    interim,
    merge,
    note,
    raise_level,
    resolve,
    start,
    urge,
    withdraw,
)
from workflow.words import (
    CallOutcome,
    Card,
    Channel,
    MergeReason,
    Remedy,
    Resolution,
    Severity,
    WaitReason,
    WithdrawalChannel,
)

HAN = Who("韩露", "138 0000 0301", Card.GOLD, "滨江新城")
LIFT = Who("崔大勇", "138 0000 0304", None, "江景苑")

STORIES = (
    Story(
        "no_5g_at_home", "chen", "-3 14:00", HAN, "coverage",
        "买了5G手机和5G套餐，家里27楼只有一格信号，通话断断续续，站到阳台才好。",
        "家里要有信号，否则退套餐差价。",
        steps=(
            dispatch("-3 14:20", "network", "高层覆盖弱，请测试并给出整改计划，或评估加装室内小站。"),
            accept("-3 15:30", "zhao", "network"),
            interim("-2 11:00", "zhao", "network", "已寄送家用信号放大器一台，明日到。"),
        ),
    ),
    Story(
        "hall_crowd", "yang", "-14 13:00",
        Who("贺小雨", "138 0000 0302", None, "枫林路"), "data",
        "体育馆演唱会当天手机完全上不了网，扫不了码，付不了钱。",
        "以后有大活动要有保障。", channel=Channel.SOCIAL,
        steps=(
            dispatch("-14 14:00", "network", "请说明当日体育馆容量情况与保障措施。"),
            accept("-14 15:00", "gao", "network"),
            answer("-13 10:00", "gao", "network", "当日在线用户超设计容量2.3倍，已申请下次活动派应急车两台。"),
            resolve("-13 10:30", "当天人数超出基站容量，后续大型活动将提前派应急通信车，感谢您的建议。",
                    Resolution.UPHELD, "capacity", Remedy.APOLOGY),
            call("-13 12:30", CallOutcome.UNDERSTOOD, "希望下次真的有车。"),
        ),
    ),
    Story(
        "throttled", "wang", "-4 11:10",
        Who("卢骏", "138 0000 0303", Card.SILVER, "柳园小区"), "data",
        "套餐说「不限量」，用到40GB就降到1Mbps，广告上没有写。",
        "取消限速或退差价。",
        steps=(
            start("-4 11:30"),
            dispatch("-4 11:45", "service_quality", "请提供该套餐广告与协议原文，确认达量限速是否显著提示。"),
            accept("-4 13:20", "chu", "service_quality"),
            answer("-3 11:00", "chu", "service_quality", "协议第6条写明，但海报字号过小，整改中；可给客户换真不限量试用3个月。"),
            resolve("-3 11:30", "限速写在协议里，但海报提示不醒目，我们接受批评；为您赠送三个月加速包。",
                    Resolution.PARTLY, "tariff", Remedy.CREDIT),
            call("-2 12:10", CallOutcome.NOT_SOLVED, "三个月之后呢？我要的是不限速，不是赠品。"),
            dispatch("-2 13:00", "service_quality", "客户不接受赠品，请研究能否免费改签无限速套餐。"),
            accept("-2 14:30", "chu", "service_quality"),
        ),
    ),
    Story(
        "lift_calls", "wang", "-2 10:10", LIFT, "coverage",
        "电梯里没信号，老人被困过一次打不出电话。", severity=Severity.SERIOUS,
        wants="电梯里装信号。",
        steps=(
            dispatch("-2 10:30", "network vendor", "请评估江景苑电梯覆盖，代维负责与物业协调进场。"),
            accept("-2 11:00", "zhao", "network"),
            accept("-2 11:10", "feng", "vendor"),
            answer("-1 16:00", "feng", "vendor", "物业同意进场，已约本周四施工。"),
        ),
    ),
    Story(
        "lift_calls_twice", "chen", "-1 09:50", LIFT, "coverage",
        "江景苑电梯没信号的事，前天反映过，再催一下。",
        steps=(merge("-1 10:10", "lift_calls", MergeReason.SAME_LINE, "同一客户同一问题，并入王磊受理的工单。", by="zheng"),),
    ),
    Story(
        "europe_roaming", "wang", "-2 20:10",
        Who("Anna Schmidt", "138 0000 0305", Card.DIAMOND, "Riverside", language="en"), "roaming",
        "I bought the 7-day Europe data pack before my flight. On landing my phone had no data at "
        "all, the hotline put me on hold for forty minutes at roaming prices, and I was charged "
        "the normal daily rate on top of the pack.",
        "Refund of the daily rates and of the call to the hotline.",
        severity=Severity.SERIOUS, channel=Channel.EMAIL,
        steps=(
            dispatch("-1 09:00", "billing network", "核实欧洲流量包为何未生效、重复计费金额及热线漫游费；客户讲英语，钻石卡。"),
            accept("-1 09:30", "zhou", "billing"),
            accept("-1 09:45", "gao", "network"),
            answer("-1 14:00", "gao", "network", "拜访地路由参数错误，流量包未激活，已修正。"),
            inform("-1 14:30", "Told by phone: the fault is found on our side, the refund is being calculated."),
        ),
    ),
    Story(
        "hk_day_pass", "chen", "-20 10:30",
        Who("冯宝仪", "138 0000 0306", Card.GOLD, "江景苑", language="zh_Hant"), "roaming",
        "在香港用了兩日日費包，帳單卻收了四日。客服說按北京時間零點計，但落地提示是寫當地時間24小時。",
        "退回兩日費用。",
        steps=(
            dispatch("-20 11:00", "billing", "请核实日包计费口径与落地短信文案是否一致。"),
            accept("-20 11:30", "tang", "billing"),
            answer("-19 14:00", "tang", "billing", "短信文案有误，已提交更正，退两日共50元。"),
            resolve("-19 14:30", "落地短訊文案有誤，兩日費用共50元已退回，文案亦已更正，感謝指正。",
                    Resolution.UPHELD, "tariff", Remedy.REFUND),
            call("-19 17:00", CallOutcome.ACCEPTED, "好，多謝。"),
        ),
    ),
    Story(
        "farm_no_signal", "yang", "-5 09:40",
        Who("史长贵", "138 0000 0307", None, "青石镇"), "coverage",
        "村里基站坏了半个月，打电话要爬到坡上。村里老人多，出事叫不到救护车。",
        "马上修。", severity=Severity.MAJOR, on_behalf_of="青石镇村委会",
        steps=(
            dispatch("-5 09:50", "network vendor", "青石镇基站中断半月，请今日到站，回报恢复时间。"),
            accept("-5 10:00", "zhao", "network"),
            accept("-5 10:05", "feng", "vendor"),
            interim("-5 15:00", "zhao", "network", "邻站加大功率，村口可通话。"),
            raise_level("-4 09:00", "影响全村急救通话，超过8小时未恢复。"),
            answer("-4 17:00", "feng", "vendor", "备品到站，更换电源模块，基站恢复。"),
            answer("-4 17:30", "zhao", "network", "基站恢复，通话测试正常，已列入双电源改造。"),
            resolve("-4 18:00", "基站电源模块损坏，备品延误，昨日下午已恢复；已列入双电源改造计划。",
                    Resolution.UPHELD, "power", Remedy.REPAIR),
            call("-4 19:10", CallOutcome.ACCEPTED, "村委会确认：信号好了，谢谢。"),
        ),
    ),
    Story(
        "esim_watch", "chen", "-35m",
        Who("汪晨", "138 0000 0308", Card.SILVER, "滨江新城"), "data",
        "手表eSIM换机后无法激活，提示「已绑定其他设备」，旧手表已经寄走了。",
        "远程解绑。",
    ),
    Story(
        "data_gone_overnight", "wang", "-15m",
        Who("董芸", "138 0000 0309", None, "东湖街道"), "data",
        "睡一觉起来少了12GB流量，手机夜里一直充电没用。怀疑你们计量有问题。",
        "查清楚，给我明细。", channel=Channel.WEB, when_to_call="晚上七点以后",
    ),
    Story(
        "wifi_calling", "yang", "-6 16:30",
        Who("Oliver Grant", "138 0000 0310", None, "Riverside", language="en"), "coverage",
        "No indoor coverage in my flat. Two colleagues said Wi-Fi calling would be switched on "
        "for my number; it never was, and nobody rang me back although they promised to.",
        "Wi-Fi calling, or a repeater.",
        steps=(
            start("-6 16:45"),
            dispatch("-6 17:00", "network", "请为该号码开通WiFi通话，测试后回复。"),
            give_back("-5 09:30", "gao", "network", "该机型不在白名单，需客户提供机型与系统版本，非网络问题。"),
            ask("-5 10:00", "Please send the exact model and the software version of your phone.", WaitReason.DETAILS, "-1 09:00"),
            note("-3 10:00", "客户回邮件说在出差，周末再发。"),
        ),
    ),
    Story(
        "signal_after_renovation", "chen", "-18 10:00",
        Who("尹志刚", "138 0000 0311", None, "枫林路"), "coverage",
        "装修后卧室没信号。",
        steps=(
            withdraw("-17 11:00", WithdrawalChannel.COUNTER, "客户来厅：发现是装修用了金属壁纸，拆掉就好，不用再查。"),
        ),
    ),
    Story(
        "metro_blackspot", "wang", "-3 08:30",
        Who("杜若", "138 0000 0312", Card.GOLD), "coverage",
        "地铁三号线两站之间通话必断，每天上下班都断，反映过三次。",
        "给个改造时间。",
        steps=(
            dispatch("-3 09:00", "network", "请查三号线泄漏电缆断点并给出改造时间。"),
            accept("-3 10:10", "gao", "network"),
            urge("-2 09:00", "客户第三次来电，请尽快回复。"),
            urge("-1 09:00", "仍未回复，请组长关注。"),
        ),
    ),
)  # fmt: skip
