"""The branch beside: its people see their own complaints, and the city branch does not."""

from tickets.demo.steps import (
    Story,
    Who,
    accept,
    answer,
    call,
    dispatch,
    give_back,
    merge,
    resolve,
    start,
)
from workflow.words import CallOutcome, Card, Channel, MergeReason, Remedy, Resolution, Severity

MILL = Who("老磨坊民宿", "138 0000 0801", None, "石桥乡", "KD0571240801")

STORIES = (
    Story(
        "guesthouse_wifi", "ma", "-2 10:00", MILL, "slow",
        "民宿八间房，旺季客人投诉没网，光猫只发了一台。",
        "加设备。",
        steps=(
            dispatch("-2 10:20", "north_network", "请勘查民宿组网方案。"),
            accept("-2 11:00", "luo", "north_network"),
        ),
    ),
    Story(
        "guesthouse_wifi_again", "guo", "-1 17:00", MILL, "slow",
        "民宿网络的事再问一次，周末满房。",
        steps=(merge("-1 17:15", "guesthouse_wifi", MergeReason.SENT_TWICE, "与马丽受理的为同一件事。", by="xie"),),
    ),
    Story(
        "pole_leaning", "guo", "-70m",
        Who("石桥乡敬老院", "138 0000 0802", None, "石桥乡"), "other",
        "门口电线杆歪了，快倒了，老人每天从下面走。",
        "马上处理。", severity=Severity.MAJOR, channel=Channel.PHONE,
        steps=(dispatch("-65m", "north_network", "杆路倾斜，有安全隐患，请立即到场。"),),
    ),
    Story(
        "mountain_coverage", "ma", "-10 09:30",
        Who("易海生", "138 0000 0803", Card.SILVER, "云顶村"), "coverage",
        "山里没信号，采茶季节联系不上工人。",
        "建基站。",
        steps=(
            dispatch("-10 10:00", "north_network", "请评估云顶村覆盖方案。"),
            accept("-10 11:00", "luo", "north_network"),
            answer("-8 15:00", "luo", "north_network", "已列入今年第三批建设，预计年底开通。"),
            resolve("-8 15:30", "云顶村基站列入今年第三批建设，预计年底开通，届时短信告知您。",
                    Resolution.PARTLY, "no_coverage", Remedy.EXPLANATION),
            call("-8 18:20", CallOutcome.UNDERSTOOD, "有时间表就行。"),
        ),
    ),
    Story(
        "wrong_town_bill", "guo", "-3 14:30",
        Who("耿直", "138 0000 0804"), "wrong_bill",
        "账单寄到别人家，里面有我的通话明细。",
        severity=Severity.SERIOUS, wants="查清地址，改成电子账单。",
        steps=(
            start("-3 14:40"),
            dispatch("-3 15:00", "north_network", "请核对地址资料来源。"),
            give_back("-3 16:00", "luo", "north_network", "地址由营业前台录入，网络部无此数据。"),
            resolve("-2 09:40", "地址为同名客户，已更正并改为电子账单，向您道歉。",
                    Resolution.UPHELD, "conduct", Remedy.APOLOGY),
        ),
    ),
)  # fmt: skip
