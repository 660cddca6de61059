"""Word lists of this field: spellings, terms, stop words, everyday words, pronunciations.

`text.py` reads them. Each list is one string of words separated by spaces.
"""

# Spellings of the same term; the correct one is the value.
SPELLINGS = {
    "帐号": "账号",
    "帐户": "账户",
    "帐密": "账密",
    "登陆": "登录",
    "登入": "登录",
    "充抵": "冲抵",
    "抵充": "冲抵",
    "其它": "其他",
    "视屏": "视频",
    "扫瞄": "扫描",
    "之江会": "之江汇",
    "1人1校": "一人一校",
}

# Terms that the segmenter must not cut apart. Compounds such as 统筹培训 are left out, because each of their words
# alone must find them too.
TERMS = """
之江汇 优师助手 人人通 师训 师训平台 提升工程 学习中心 个人中心 学员服务 经验值 活跃度 公众号 学分 学时 统筹 自主
全员 托底 冲抵 折算 打通 互通 校本 教研 研修 工作坊 工作室 名师 公开课 讲座 听课 国培 省培 市培 县培 村小 中心校
进修学校 教育局 一人一校 备案 申报 报送 补报 借调 在岗 代课 定向 试用期 信息采集 成绩登记 资格证 学科 学段 学历 学位
培训周期 学年 账号 登录 绑定 解绑 签到 回放 回看 重播 微信 钉钉 直播 看完 计时 必修 选修 批阅 承训 身份证 浏览器
扫码 截图 请假 补报名 考核 新设 看课 时长 网课
"""

# Words that carry the form of a question and not its subject; they never count. Negations are among them, because the
# same entry answers why something does not work and how it works.
STOP_WORDS = """
老师您好 老师你好 您好老师 您好 你好 老师好 请问 请教 问一下 想问 想问一下 咨询 麻烦 谢谢 多谢 感谢 帮忙 求助 急
会不会 行不行 好不好 对不对 用不用 还能不能 为啥 为嘛 好多 快要 一名 求问 请教一下 麻烦问下 问下 问 该 咱 呗
怎么 怎样 怎么样 怎么办 怎办 咋 咋办 咋样 如何 怎么弄 怎么回事 为什么 为何 什么 什么样 啥 哪 哪里 哪儿 在哪 在哪里
哪个 哪些 哪种 多少 几 多久 多长 谁 何时 什么时候 是不是 是否 能不能 能否 可不可以 可否 行不行 行吗 好吗 要不要
需不需要 有没有 算不算 几分 几个 几次 几节 几年 几天 几点 几位 几名
不 没 没有 无法 不能 不行 无 不了 没法 别 未 不会 不是 不要 不想 看不到 看不见
可以 能够 能 行 需要 应该 应当 必须 要 会 想 得 有 是 为 指 叫 一定 肯定 一样 到底 究竟 还要 出来 出去 上去 下去
下来 起来 进来 吗 呢 吧 啊 呀 哦 哈 嘛 么 了 的 地 着 过 之 所 我 我们 咱们 咱 你 你们 您 他 他们 她 它 自己 本人
大家 这 这个 这些 这样 那 那个 那些 那么 其 某 在 和 与 跟 及 以及 或 或者 还是 而 但 但是 就 就是 也 都 又 再 还 才
只 只有 只是 很 太 更 最 非常 真 把 被 让 给 对 对于 关于 从 向 往 于 由 到 按 用 以 并 并且 且 则 如 如果 若 因为
因此 所以 由于 上 下 里 中 内 外 时 时候 后 以后 之后 前 以前 之前 等 等等 来 去 出 起 来说 的话 个 一个 一些 一下
一点 有些 有点 每 各 该 此 另外 其中 现在 目前 已 已经 正在 一直 办 弄 做 搞 情况 问题 事 事情 东西 方法 办法 知道
告诉 说 讲 觉得 认为
"""

# Words that many use for another one, which is then tried too, though not the other way round.
MEANT = {"学时": "学分", "课时": "学分"}

# Words of the clauses that ask, in a long query.
ASKING = """
吗 呢 么 怎么 怎样 咋 如何 什么 啥 哪 多少 几 谁 何时 多久 是不是 能不能 可不可以 要不要 行不行 算不算 有没有 会不会
还是 为何 请问 是否 能否 可否 求 伐 不知道
"""

# Everyday words, which weigh less because they tell little about the question, however few entries have them.
COMMON_WORDS = """
发现 加上 接着 剩下 办好 弄好 变成 打开 点开 以为 听说 想要 准备 打算 希望 来不及 来得及 收到 看到
找到 遇到 出现 突然 老是 总是 经常 每次 每天 今天 明天 昨天 当天 那天 今年 明年 后年 上次 下次 这次
刚才 刚刚 马上 最近 平时 同事 老公 老婆 爱人 领导 校长 别人 人家 朋友 孩子 学校 单位 这边 那边 地方
名字 东西 样子 好几 不少 有人 大半 一半 全部 所有 还有 再说 反正 其实 可能 好像 根本 居然 竟然 干脆
本来 原来 后来 起码 至少 最多 最少 大概 差不多 特别 比较
"""

# Last characters of verbs that express a result: 关掉, 绑成, 做完.
COMPLEMENTS = "掉成好完到上下出住坏错开起走着了过"

# Pinyin of words of this field for which the general dictionary is wrong or may become wrong.
PRONUNCIATIONS = {"重置": [["chóng"], ["zhì"]], "借调": [["jiè"], ["diào"]], "重播": [["chóng"], ["bō"]]}

# Names of the platforms that the documents are about. Whoever names one asks about that, not about this portal.
PLATFORMS = """
之江汇 人人通 优师助手 提升工程 师训平台 浙江 学习平台 培训平台 教师培训管理平台 教师管理平台
学分系统 学分管理系统 学分管理平台 学分平台 省系统 省平台
"""

# Groups of words that decide what is asked of a subject. An entry without any word of the group does not answer.
DECISIVE = (
    "最少 至少 最低 起码 不少于 不低于 下限",
    "最多 最高 封顶 上限 不超过 顶多",
    "几天 哪天 多久 几号 什么时候 啥时候 何时 几点 哪一天 多长时间 截止 期限",
    "多少钱 收费 费用 花钱 交钱 要钱 经费 报销 补贴 津贴",
    "丢 丢了 弄丢 遗失 挂失",
    "电话 联系方式 手机号",
    "打印 下载 导出",
    "退休前 退休后 养老金 退休金",
    "几年 几岁 年限",
    "网络研修 网络培训 线上研修 线上培训 远程研修 远程培训 远培 互联网",
)
