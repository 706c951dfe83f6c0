"""A workspace with a handful of needs and offers in sheets, for tests of commands and pages."""

from __future__ import annotations

from pathlib import Path

from kaiwu.identity import make_uscc

LEADER, MAKER, OTHER, FAR = (make_uscc("9", "1", "330109", f"MA00000{i}") for i in range(1, 5))
LOCAL, OUTSIDE = "330109", "999900"
SHEETS = {
    "采购需求清单.csv": f"""\
需求编号,采购标的,采购单位代码,采购单位,预算金额(万元),邀请家数,硬性条件,现供应商所在区划代码,截止日期,提出日期
N1,铝合金压铸支架,{LEADER},链主公司,100,1,,{OUTSIDE},2026-12-31,2026-02-01
N2,压铸支架,{LEADER},链主公司,50,1,年产能 >= 1000件,{LOCAL},2026-12-31,2026-02-01
N3,光刻机,{LEADER},链主公司,10,1,,{OUTSIDE},2026-12-31,2026-02-01
N4,旧支架,{LEADER},链主公司,70,1,,{OUTSIDE},2026-01-31,2026-01-01
""",
    "供应商能力清单.csv": f"""\
能力编号,能供产品,统一社会信用代码,企业名称,所在地区划代码,可承接项数,年产能,中小企业,工艺,主要设备
O1,铝合金压铸支架,{MAKER},压铸甲厂,{LOCAL},1,5000,是,压铸、机加工,冷室压铸机
O2,压铸支架加工,{OTHER},压铸乙厂,{LOCAL},,100,否,压铸,冷室压铸机
O3,铝合金压铸壳体,{FAR},外地丙厂,{OUTSIDE},9,9000,否,压铸,热室压铸机
""",
    "技术需求清单.csv": f"需求编号,技术需求名称,统一社会信用代码,企业名称,有效期至\nT1,压铸气孔在线检测,{MAKER},压铸甲厂,2026-12-31\n",
    "科技成果清单.csv": f"成果编号,成果名称,统一社会信用代码,完成单位\nR1,基于视觉的压铸气孔检测技术,{OTHER},某研究院\n",
    "生产性服务清单.csv": f"服务编号,服务名称,统一社会信用代码,企业名称,类别\nV1,压铸支架无损检测服务,{OTHER},检测公司,test\n",
    "可用空间清单.csv": "空间编号,空间名称,面积(平方米),楼面荷载(吨/平方米),可租,月租金(元/平方米)\nS1,一号楼,2400,1.5,是,15\nS2,二号楼,900,1.5,是,9\n",
    "空间需求清单.csv": f"需求编号,空间需求,统一社会信用代码,企业名称,硬性条件,接受租赁,提出日期\nK1,两千平厂房,{MAKER},压铸甲厂,面积 >= 2000平方米,是,2025-12-01\n",
    "技术合同与结对台账.csv": f"合同编号,合同名称,院所统一社会信用代码,企业统一社会信用代码,合同金额(万元),签订日期\nC1,压铸检测,{OTHER},{MAKER},30,2025-05-01\nC2,压铸优化,{OTHER},{MAKER},,2025-06-01\n",
    "样本清单.csv": f"样本编号,样本名称,统一社会信用代码,样本企业,工艺,主要设备\nE1,压铸数字化样本,{FAR},外地丙厂,压铸,冷室压铸机\nE2,印染样本,{OTHER},压铸乙厂,印染,定型机\n",
}  # fmt: skip
STEPS = """\
名单编号,需求编号,供给编号,环节,日期,金额(万元),物流成本,谢绝原因
L1,N1,O1,联系,2026-03-03,,,
L1,N1,O1,报价,2026-03-10,95,,
L1,N1,O1,签约,2026-03-20,90,,
L1,N2,O3,谢绝,2026-03-05,,,价格
"""


def write_market_workspace(folder: Path) -> Path:
    """The workspace, its sheets in ``inbox/market``, nothing taken in yet."""
    (folder / "inbox" / "market").mkdir(parents=True)
    (folder / "kaiwu.toml").write_text(
        '[workspace]\nzh = "小市场"\nen = "Small market"\npacks = ["market"]\n', encoding="utf-8"
    )
    for name, text in SHEETS.items():
        (folder / "inbox" / "market" / name).write_text(text, encoding="utf-8")
    return folder
