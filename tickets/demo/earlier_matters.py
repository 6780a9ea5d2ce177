"""What the complaints of the weeks before were about. All people and places are invented."""

from dataclasses import dataclass

from workflow.words import Remedy, Resolution


@dataclass(frozen=True)
class Matter:
    """What is said, what the department is asked and finds, what the customer is told."""

    category: str
    says: str
    unit: str
    question: str
    found: str
    told: str
    cause: str
    outcome: Resolution = Resolution.UPHELD
    remedy: Remedy = Remedy.REPAIR


TOWNS = ("柳园小区", "东湖街道", "滨江新城", "江景苑", "枫林路", "学府家园")

MATTERS = (
    Matter(
        "outage",
        "{town}的宽带又断了，光猫红灯，这个月不是第一次。",
        "network",
        "请查该片区分光器和主干光缆。",
        "主干光缆接头进水，已重新熔接并更换接头盒。",
        "光缆接头进水，已更换，恢复正常；停用期间的费用按日减免。",
        "line_fault",
    ),
    Matter(
        "slow",
        "晚上八点以后网速只有白天的十分之一，住在{town}。",
        "network",
        "请查晚高峰端口利用率。",
        "上联端口晚高峰满载，已扩容。",
        "该片区晚高峰拥塞，已扩容，速率达到签约标准。",
        "capacity",
    ),
    Matter(
        "install",
        "约好上门装机，师傅两次没来，也没有电话。",
        "vendor",
        "请核实两次爽约原因并尽快上门。",
        "派单遗漏，已上门装好。",
        "装机单遗漏，师傅已上门装好，向您道歉。",
        "contractor",
        remedy=Remedy.APOLOGY,
    ),
    Matter(
        "coverage",
        "{town}地下车库完全没有信号，电话都打不出去。",
        "network",
        "请测该点位信号并给出方案。",
        "点位无室分，已列入补点计划。",
        "该处没有室内分布系统，已列入补点计划，开通时短信告知您。",
        "no_coverage",
        Resolution.PARTLY,
        Remedy.EXPLANATION,
    ),
    Matter(
        "wrong_bill",
        "账单比套餐多了三十块，客服说不清楚是什么。",
        "billing",
        "请核对该号码本期账单明细。",
        "套餐变更当月重复计费，已退。",
        "变更套餐当月重复计费，多收的费用已退回话费。",
        "billing_error",
        remedy=Remedy.REFUND,
    ),
    Matter(
        "extras",
        "每个月被扣十块钱增值业务，我从来没有订过。",
        "billing",
        "请查订购时间、渠道和凭证。",
        "无有效订购凭证，建议退费并退订。",
        "没有查到您的订购凭证，已退订并全额退还。",
        "mis_selling",
        remedy=Remedy.REFUND,
    ),
    Matter(
        "refund",
        "销户一个月了，余额和押金还没有退。",
        "billing",
        "请查退费单卡在哪个环节。",
        "退费单未提交，已补提，三日到账。",
        "退费单漏提交，已补办，三个工作日内到账。",
        "delay",
        remedy=Remedy.REFUND,
    ),
    Matter(
        "data",
        "流量用得太快，什么都没干一天就没了5个G。",
        "network",
        "请提供该号码流量话单分布。",
        "话单正常，视频类应用后台占用。",
        "话单核对无误，主要是视频应用后台下载，已教您关闭。",
        "customer_side",
        Resolution.NOT_UPHELD,
        Remedy.EXPLANATION,
    ),
    Matter(
        "promise",
        "办套餐的时候说第二年不涨价，现在涨了二十。",
        "service_quality",
        "请调取办理时的录音和宣传单。",
        "宣传单未注明优惠期，认定误导。",
        "宣传资料没有写明优惠期限，是我们的责任，按原价再执行一年。",
        "mis_selling",
        remedy=Remedy.CREDIT,
    ),
    Matter(
        "attitude",
        "打电话问事情，话没说完就被挂断了。",
        "service_quality",
        "请调录音核实。",
        "录音属实，已对当事人扣分并培训。",
        "情况属实，当事人已接受培训，向您诚恳道歉。",
        "conduct",
        remedy=Remedy.APOLOGY,
    ),
)
