"""The field's own words: how teachers spell its terms, say the same in other words, and ask.

Tables only; `text.py` reads them. One word list is one string, words apart by spaces.
"""

# Spellings of one and the same term; the right one stands on the right.
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
}

# The field's terms, which the segmenter must not cut apart. Kept short: a compound such as 统筹培训 is found
# through its two words, and one word of it alone must find it too.
TERMS = """
之江汇 优师助手 人人通 师训 师训平台 提升工程 学习中心 个人中心 学员服务 经验值 活跃度 公众号 学分 学时 统筹 自主
全员 托底 冲抵 折算 打通 互通 校本 教研 研修 工作坊 工作室 名师 公开课 讲座 听课 国培 省培 市培 县培 村小 中心校
进修学校 教育局 一人一校 备案 申报 报送 补报 借调 在岗 代课 定向 试用期 信息采集 成绩登记 资格证 学科 学段 学历 学位
培训周期 学年 账号 登录 绑定 解绑 签到 回放 回看 重播 微信 钉钉 直播 看完 计时 必修 选修 批阅 承训 身份证 浏览器
扫码 截图 请假 补报名 考核
"""

# A line holds words that mean the same to a teacher who looks for help; a query's word also finds the others.
SYNONYMS = """
老师 教师 教职工
新教师 新老师 新入职 刚入职 新进教师 新招聘 新进
回放 回看 重播 重看 录播
账号 账户 用户名
密码 口令
登录 进入 进去 登进去 登不上 登不进 上不去 进不去
错误 不对 不正确 错了 出错 有误
视频 课程 网课 看课 录像
计时 时长 时间 记录时间
线上 在线 网上 网络
观看 看 收看
查看 查询 查 查找 看
增加 提高 提升 加 涨
删除 删掉 删 撤销 撤掉
提交 上交 交 重交
重新 重做 重交 再次
批阅 批改 评阅 改过
网址 网站 链接 入口 地址
电脑 电脑端 台式机 笔记本 pc
手机 手机端 移动端
扫码 扫描 二维码 扫一扫
解绑 解除绑定 解除 取消绑定 换绑
更换 换 换了
签到 打卡 点名
不完整 不全 显示不全 缺失
冲突 紊乱 混乱 串号
考核 考评
通过 合格 及格 过关 达标
分数 成绩 计分 算分
恢复 继续
补报 补报名 漏报 漏报名 忘记报名
计算 算
折算 换算 折合
打通 互通 通用 互认
超出 超过 多出 多余 富余
冲抵 抵 抵扣 抵消 充当 替代
学历 文凭 研究生 硕士 本科 学位 毕业证
申请 申办 开通 办理
新设立 新设 新成立 成立
工作坊 工作室
校本研修 校本培训 校本教研 校本
公开课 开课
讲座 报告会
学时 课时
组织 举办 承办
累计 累加 叠加 相加 重复计算 合并计算
获得 得到 拿到 拿
达不到 不够 拿不到 不足 凑不够
村小 乡村小学 农村小学 小规模学校 教学点 小学校
一人一校 一人 单人校
上报 报送 申报 提交
教育局 教育行政部门 教育主管部门 行政部门 主管部门
进修学校 教师进修学校 进修校
名额 指标 计划
采集 登记 填报
录入 登记 录
学科 科目
资格证 教师资格证 资格证书
借调 抽调 借用
必修 必修项
全部 所有
线下 面授 集中培训
"""

# Words that say how one asks, not what about; they never decide a ranking. Negations are among them: whether
# something does not work or how it works, the entry is the same.
STOP_WORDS = """
老师您好 老师你好 您好老师 您好 你好 老师好 请问 请教 问一下 想问 想问一下 咨询 麻烦 谢谢 多谢 感谢 帮忙 求助 急
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

# Pinyin the general dictionary gets wrong, or would, for words of this field.
PRONUNCIATIONS = {"重置": [["chóng"], ["zhì"]], "借调": [["jiè"], ["diào"]], "重播": [["chóng"], ["bō"]]}
