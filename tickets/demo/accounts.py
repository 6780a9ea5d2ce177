"""The accounts of a demo database. Their password is published, so they exist nowhere else."""

from dataclasses import dataclass

from workflow.words import N_

DEMO_PASSWORD = "shouwen-demo"  # noqa: S105 - published on purpose


@dataclass(frozen=True)
class DemoAccount:
    """One person to try out; `role` is a sentence for the sign-in page."""

    login: str
    name: str
    role: str


DEMO_ACCOUNTS = (
    DemoAccount("chen", "陈静", N_("front desk, East Hall")),
    DemoAccount("wang", "王磊", N_("front desk, East Hall")),
    DemoAccount("li", "李娜", N_("account manager, group-customer desk")),
    DemoAccount("zhao", "赵强", N_("agent, network department")),
    DemoAccount("sun", "孙丽", N_("lead, network department")),
    DemoAccount("zhou", "周敏", N_("agent, billing department")),
    DemoAccount("wu", "吴涛", N_("lead, billing department")),
    DemoAccount("chu", "褚云", N_("agent, service-quality department")),
    DemoAccount("feng", "冯刚", N_("agent, vendor department")),
    DemoAccount("zheng", "郑红", N_("supervisor of the branch")),
    DemoAccount("he", "何建国", N_("executive of the company")),
    DemoAccount("qian", "钱芳", N_("quality, calls back a sample")),
    DemoAccount("shen", "沈洁", N_("auditor, reads everything")),
    DemoAccount("admin", "管理员", N_("administrator")),
)
