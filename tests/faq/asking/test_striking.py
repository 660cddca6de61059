"""Personal data in questions and answers: what is struck, what stays, and what is said about it."""

from __future__ import annotations

import pytest

from faq import html
from faq.asking.striking import ACCOUNT, BIRTH, CHAT, ID_CARD, MAIL, PASSWORD, PHONE, PLACE, SCHOOL, TEACHER, strike
from faq.models import Entry, Phrasing

STRUCK = [
    # telephones
    ("电话13800138000，请回电", f"电话{PHONE}，请回电"),
    ("138-0013-8000 或 138 0013 8000", f"{PHONE} 或 {PHONE}"),
    ("１３８００１３８０００", PHONE),
    ("+86 13800138000", PHONE),
    ("手机号是138****8000", f"手机号是{PHONE}"),
    ("打 0571-88001234 或（0571）8800 1234", f"打 {PHONE} 或{PHONE}"),
    ("热线400-800-1234", f"热线{PHONE}"),
    ("办公室电话：8765 4321", f"办公室电话：{PHONE}"),
    ("短号 665432", f"短号 {PHONE}"),
    # introductions by school
    ("我是龙泉市安仁镇中心小学的陈晓燕，去年的听课学分", f"我是{SCHOOL}的{TEACHER}，去年的听课学分"),
    ("我在城北三小数学老师周敏，问一下", f"我在城北三小数学老师{TEACHER}，问一下"),
    ("我是三小的教师张丽", f"我是三小的教师{TEACHER}"),
    ("校长：刘国强", f"校长：{TEACHER}"),
    # identity cards
    ("身份证330102198503121234不对", f"身份证{ID_CARD}不对"),
    ("33010219850312123X", ID_CARD),
    ("330102 19850312 1234", ID_CARD),
    ("3301************1234", ID_CARD),
    # QQ, WeChat, mail
    ("QQ：123456789", f"QQ：{CHAT}"),
    ("qq号99887", f"qq号{CHAT}"),
    ("加我微信wxid_abc12", f"加我微信{CHAT}"),
    ("加v：zhao_teach88", f"加v：{CHAT}"),
    ("微信号：taoyuan_lisi", f"微信号：{CHAT}"),
    ("发到 wang.fang@qq.com 吧", f"发到 {MAIL} 吧"),
    # accounts
    ("账号330102001登不上", f"账号{ACCOUNT}登不上"),
    ("密码是abc123，登不上", f"密码是{PASSWORD}，登不上"),
    ("工号：A10234", f"工号：{ACCOUNT}"),
    ("我的编号 20210012", f"我的编号 {ACCOUNT}"),
    ("6222 0212 0001 2345 678", ACCOUNT),
    ("出生日期19850312", f"出生日期{ACCOUNT}"),
    ("https://a.cn/x?id=330102199", f"https://a.cn/x?id={ACCOUNT}"),
    ("一三八零零一三八零零零", ACCOUNT),
    # telephones and numbers in other writings
    ("办公室 6722-0000", f"办公室 {PHONE}"),
    ("电话67220000转8012", f"电话{PHONE}"),
    ("短号6623，手机尾号8000，身份证末四位234X", f"短号{PHONE}，手机尾号{ACCOUNT}，身份证末四位{ACCOUNT}"),
    ("壹叁捌零零壹叁捌零零零", ACCOUNT),
    ("幺三八 零零幺三 八零零零", ACCOUNT),
    ("13八00138零零零", ACCOUNT),
    ("V：zhangmin88", f"V：{CHAT}"),
    ("vx zhangmin，威信lisi88", f"vx {CHAT}，威信{CHAT}"),
    ("zhangmin#163.com 或 zhangmin [at] 163.com", f"{MAIL} 或 {MAIL}"),
    ("账号 zhangmin，密码是zhangmin", f"账号 {ACCOUNT}，密码是{PASSWORD}"),
    ("证书编号 国培2023-12345", f"证书编号 {ACCOUNT}"),
    ("1988年1月1日出生，家住人民路12号3幢", f"{BIRTH}出生，家住{PLACE}"),
    # people
    ("本人王小明于2019年入职", f"本人{TEACHER}于2019年入职"),
    ("我姓张，叫张三丰", f"我姓{TEACHER}，叫{TEACHER}"),
    ("我同事李娜也是这样", f"我同事{TEACHER}也是这样"),
    ("管理员张敏不处理，校长张敏说等等", f"管理员{TEACHER}不处理，校长{TEACHER}说等等"),
    ("张敏：13800138000", f"{TEACHER}：{PHONE}"),
    ("姓名张敏身份证330326198801012345", f"姓名{TEACHER}身份证{ID_CARD}"),
    ("怎么查？谢谢！李明", f"怎么查？谢谢！{TEACHER}"),
    ("怎么查？\n张敏 2024年5月", f"怎么查？\n{TEACHER} 2024年5月"),
    ("王校说找老张，李姐帮我弄的", f"{TEACHER}说找{TEACHER}，{TEACHER}帮我弄的"),
    ("我叫Zhang Min", f"我叫{TEACHER}"),
    ("张老师，您好", "某老师，您好"),
    ("请王小明老师核对", "请某老师核对"),
    ("小李老师和欧阳老师都说行", "某老师和某老师都说行"),
    ("陈校长说可以", "某校长说可以"),
    ("我叫王芳，刚调来", "我叫某老师，刚调来"),
    ("我是李明，学分不对", "我是某老师，学分不对"),
    ("同事周建军的学分没到账", "同事某老师的学分没到账"),
    ("本人林晓燕，城关镇第三小学教师", f"本人{TEACHER}，{SCHOOL}教师"),
    ("姓名：赵小红 学分：26", "姓名：某老师 学分：26"),
    ("姓名：乌云其木", "姓名：某老师"),
    ("买买提·艾力老师", "某老师"),
    # schools
    ("我在桃源县中心小学教数学", f"我在{SCHOOL}教数学"),
    ("今年调到桃源一小", f"今年调到{SCHOOL}"),
    ("请问和平小学的学分", f"请问{SCHOOL}的学分"),
    ("杭州市外国语学校", SCHOOL),
    ("桃源镇机关幼儿园", SCHOOL),
    ("南浔区练市小学胡校长", f"{SCHOOL}某校长"),
    ("从桃源二中调来", f"从{SCHOOL}调来"),
    ("桃源一小张老师", SCHOOL),
    ("平阳二中高一年级", f"{SCHOOL}高一年级"),
    ("县实验小学的，在一小教书", f"{SCHOOL}的，在{SCHOOL}教书"),
]

STAYS = [
    "我在小学的文员岗位，我在学校高中部，我在中心小学任教，我是小学的，本人在小学的常规培训",
    # dates, years, amounts
    "2021年的项目，2021-2022学年",
    "2021-09-01 到 2022/6/30，2019.7.10，20210901",
    "2021 2022 2023 2024",
    "统筹26学分，自主10学分，共36学分",
    "5位数的编码12345，8:30 开始",
    "二〇二一-二〇二二学年，第一、二、三、四、五、六、七条",
    "小于5分可以吗，3600-4800元，出生日期填错，2023年9月生效",
    "账号和密码是什么，编号对不上",
    "第 12345 号，1,200,000 元，100000元",
    "看 https://yun.zjer.cn/news/20210901123.html",
    "验证码是 6 位数字",
    # nobody's name
    "班主任培训、校长高级研修班、管理员应该、同事任课不同",
    "施工的时候，任何科目，高校的，小段时间，叫停培训",
    "语文老师、历史老师、音乐老师、任课老师、班主任老师",
    "谢谢老师！老师您好，各位老师好",
    "安排老师参加，对于老师来说，每周老师要打卡",
    "课程老师、工程老师、主办方老师、其余老师、许多老师",
    "温州老师，浙江老师，高中老师，高一老师",
    "我是高三的，我是应届毕业生",
    "我是任课老师，姓名不对，姓名和编号对不上",
    # no single school
    "我们学校、本校、乡镇小学、农村学校、村小",
    "一所学校、两所中小学、任教学校、所在学校的管理员",
    "找学校、送进修学校、县教师进修学校",
    "国家中小学智慧教育平台",
    "中学段、小学生、集中学习",
    # words that are not followed by an account
    "微信扫码登录，QQ浏览器打不开",
    "密码忘了，账号登不上，用户名是什么",
]


@pytest.mark.parametrize(("text", "wanted"), STRUCK)
def test_personal_data_is_struck(text: str, wanted: str) -> None:
    assert strike(text).text == wanted


@pytest.mark.parametrize("text", STAYS)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert strike(text).text == text
    assert strike(text).found == ()


def test_what_was_given_with_the_question_is_struck() -> None:
    text = "王 建国问：建国老师的学分，桃源 实验点的王建国，座机 6612，jian@x"
    struck = strike(text, names=["王建国"], schools=["桃源实验点"], others=["jian@x"])
    assert struck.text == f"{TEACHER}问：{TEACHER}的学分，{SCHOOL}的{TEACHER}，座机 6612，{ACCOUNT}"


def test_names_of_the_lists_are_struck_but_in_everyday_words() -> None:
    struck = strike("由张敏审核，请高 原核对；高原因为高级研修", people=["张敏", "高原", "高级"])
    assert struck.text == f"由{TEACHER}审核，请{TEACHER}核对；{TEACHER}因为高级研修"


def test_a_name_of_one_character_strikes_nothing() -> None:
    assert strike("王者", names=["王", ""], schools=["学校", "小学"]).text == "王者"


def test_what_overlaps_is_struck_as_one() -> None:
    assert strike("我叫王芳桃源一小", names=["王芳"]).text == f"我叫{SCHOOL}"
    assert strike("13800138000@qq.com").text == MAIL


def test_each_finding_is_told_once_with_its_reason() -> None:
    found = strike("张老师说，找张老师，打13800138000").found
    assert [(one.words, one.instead, one.why) for one in found] == [
        ("张老师", "某老师", "姓名和称呼"),
        ("13800138000", PHONE, "手机号码"),
    ]


def test_the_pieces_hold_the_whole_text() -> None:
    text = "我叫王芳，电话１３８００１３８０００。\n在桃源一小。"
    assert "".join(piece.text for piece in strike(text).pieces) == text


def test_nothing_more_is_found_in_what_was_struck() -> None:
    for text, _ in STRUCK:
        assert strike(strike(text).text).found == (), text


def test_of_the_entries_as_shipped_only_names_are_struck(content: None) -> None:
    """Their answers name three people to turn to, and a few phrasings do so too."""
    rows = Entry.objects.values_list("question", "answer")
    texts = [html.to_text(text) for row in rows for text in row]
    found = {found.words for text in texts for found in strike(text).found}
    assert found == {"章老师", "郑老师", "梁海军老师"}
    phrasings = Phrasing.objects.values_list("text", flat=True)
    assert sum(bool(strike(text).found) for text in phrasings) < len(phrasings) / 100
