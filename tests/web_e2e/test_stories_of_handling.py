"""What goes beyond the straight way: several units, a return and what comes again."""

from __future__ import annotations

from playwright.sync_api import expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.papers import proposed, registered, signed


def test_the_leading_unit_shares_the_work_among_two(sit: Sit, gateway: Gateway) -> None:
    title, clerk = "关于开展小型水库除险加固的通知", gateway.as_("clerk@ganzhou")
    document = registered(clerk, title)
    proposed(clerk, document, "water-resources", "construction")
    signed(gateway, clerk, document)
    lead = sit("zhong@ganzhou", at=f"/{document}")
    page = lead.page
    form = page.get_by_role("region", name="办理：承办")
    form.get_by_role("button", name="调度部署").click()
    dialog = page.get_by_role("dialog")
    lead.choose(dialog, "参与单位", "水资源科", "建设管理科")
    dialog.get_by_label("分工").fill("水资源科统筹，建设管理科负责施工")
    dialog.get_by_role("button", name="确定调度部署").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("水资源科统筹，建设管理科负责施工")).to_be_visible()
    other = sit("xie@ganzhou", "phone")
    expect(other.todo(title)).to_be_visible()


def test_what_was_returned_comes_again_and_is_taken_up(sit: Sit) -> None:
    title, number = "关于拨付城市管网改造资金的请示", "城建请〔2026〕9号"
    clerk = sit("clerk@hebei", at="/documents/register")
    page = clerk.page
    page.get_by_label("标题", exact=True).fill(title)
    page.get_by_label("来文单位", exact=True).fill("区城市管理委员会")
    page.get_by_label("来文字号", exact=True).fill(number)
    clerk.choose(page, "文种", "请示")
    clerk.choose(page, "来源", "部门（单位）请示")
    page.locator("summary").click()
    clerk.choose(page, "报送部门（单位）", "区城市管理委员会")
    clerk.choose(page, "签发人", "副职负责人")
    for said in ("本单位办公室审核", "纸质文件已同步收到", "电子版与纸质文件内容一致"):
        clerk.choose(page, said, "是")
    clerk.choose(page, "所涉职责", "政府职责")
    clerk.choose(page, "报送单位的层级", "部门")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("button", name="退文", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("退文意见").fill("请由主要负责人签发后重报")
    dialog.get_by_role("button", name="确定退文").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("退文待批").first).to_be_visible()
    sit("deputy-sun@hebei", "phone").sign(title)
    expect(page.get_by_text("已退文").first).to_be_visible()
    page.get_by_role("link", name="登记改正后的来文").click()
    expect(page.get_by_label("标题", exact=True)).to_have_value(title)
    expect(page.get_by_role("note")).to_contain_text("须由主要负责人签发")
    clerk.choose(page, "签发人", "主要负责人")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("link", name="退回的原件")).to_be_visible()
    expect(page.get_by_role("button", name="分类", exact=True)).to_be_visible()


def test_what_belongs_to_a_document_is_kept_beside_it(sit: Sit, gateway: Gateway) -> None:
    clerk = gateway.as_("clerk@ganzhou")
    document = registered(clerk, "关于水价调整征求意见的通知")
    proposed(clerk, document, "water-resources")
    desk = sit("clerk@ganzhou", at=f"/{document}")
    related = desk.page.get_by_role("region", name="相关事项")
    desk.choose(related, "登记一条记录", "书面说明")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("内容", exact=True).fill("来文单位电话说明附件随后补送。")
    dialog.get_by_role("button", name="确定登记书面说明").click()
    expect(dialog).to_have_count(0)
    note = related.get_by_role("listitem").filter(has_text="附件随后补送")
    expect(note).to_contain_text("刘芳记")
    assert desk.faults() == []
    desk.resize("desktop")
    note.get_by_role("button", name="撤销").click()
    dialog.get_by_label("理由", exact=True).fill("附件已经补齐")
    dialog.get_by_role("button", name="确定撤销").click()
    expect(note).to_contain_text("撤销理由：附件已经补齐")

    related.get_by_role("tab", name="讨论").click()
    related.get_by_role("button", name="发起讨论").click()
    dialog.get_by_label("议题", exact=True).fill("是否征求各县意见")
    desk.choose(dialog, "参加人", "周文彬")
    dialog.get_by_label("您的意见", exact=True).fill("建议征求。")
    dialog.get_by_role("button", name="确定发起讨论").click()
    expect(dialog).to_have_count(0)
    expect(related).to_contain_text("建议征求。")
    other = sit("office-head@ganzhou", "phone", at=f"/{document}?part=threads")
    answering = other.page.get_by_role("region", name="相关事项")
    answering.get_by_role("button", name="发表意见").click()
    words = other.page.get_by_role("dialog")
    words.get_by_label("意见", exact=True).fill("同意征求意见。")
    words.get_by_role("button", name="确定发表意见").click()
    expect(answering).to_contain_text("同意征求意见。")
    assert other.faults() == []
    desk.open(f"/{document}?part=threads")
    expect(related).to_contain_text("同意征求意见。")


def test_what_is_not_public_is_copied_when_its_unit_agrees(sit: Sit, gateway: Gateway) -> None:
    author = gateway.as_("nie@yiyuan")
    about = {
        "title": "关于水价调整方案的请示",
        "body": "水价拟上调百分之五。",
        "documentClass": "decision",
        "fields": {"disclosure": "unpublished"},
    }
    document = author.post("/v1/documents:draft", {"kind": "DOCUMENT_KIND_SUBMISSION", **about})["name"]
    author.post(f"/v1/{document}:submitDraft")
    deciding = sit("ning@yiyuan", "phone", at=f"/{document}?part=permits")
    expect(deciding.page.get_by_text("没有复制、转借的申请。")).to_be_visible()
    asking = sit("deputy-tang@yiyuan", at=f"/{document}?part=permits")
    related = asking.page.get_by_role("region", name="相关事项")
    related.get_by_role("button", name="申请复制").click()
    dialog = asking.page.get_by_role("dialog")
    asking.choose(dialog, "方式", "打印")
    dialog.get_by_label("用途", exact=True).fill("常务会议使用")
    dialog.get_by_role("button", name="确定申请复制").click()
    expect(dialog).to_have_count(0)
    expect(related.get_by_role("listitem")).to_contain_text("待批")

    permit = deciding.page.get_by_role("region", name="相关事项").get_by_role("listitem").filter(has_text="唐雪梅申请打印")
    permit.get_by_role("button", name="审批").click()
    decision = deciding.page.get_by_role("dialog")
    decision.get_by_text("同意", exact=True).click()
    decision.get_by_role("button", name="确定审批").click()
    expect(permit).to_contain_text("已同意")
    assert deciding.faults() == []
    # The page of who asked has been open all the time, and is told.
    expect(related.get_by_role("listitem").filter(has_text="唐雪梅申请打印")).to_contain_text("已同意")


def test_what_was_registered_twice_becomes_one_and_is_found_by_what_it_says(sit: Sit, gateway: Gateway) -> None:
    clerk, number = gateway.as_("clerk@ganzhou"), "赣市防指〔2026〕5号"
    sender, day = "市防汛抗旱指挥部", {"year": 2026, "month": 11, "day": 20}
    registered(clerk, "关于启动应急响应的命令", sender=sender)
    first = registered(clerk, "关于做好冬春水利工作的通知", sender=sender, senderNumber=number, senderDate=day)
    again = registered(clerk, "关于做好冬春水利工作的通知（补发）", sender=sender, senderNumber=number, duplicateConfirmed=True)
    desk = sit("clerk@ganzhou", "phone", at=f"/{again}")
    page = desk.page
    page.get_by_role("button", name="合并重复件").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("保留的文件", exact=True).click()
    offered = page.locator(".ant-select-item-option")
    expect(offered.first).to_contain_text("关于做好冬春水利工作的通知")
    expect(offered.first).to_contain_text(number)
    expect(offered.filter(has_text="可能重复")).to_have_count(1)
    expect(offered.filter(has_text="补发")).to_have_count(0)
    # What an option is worth stands beside its name, out of sight.
    assert desk.faults("phone", picture="merge", latin=True) == []
    dialog.get_by_label("保留的文件", exact=True).fill("应急响应")
    expect(offered).to_have_count(1)
    dialog.get_by_label("保留的文件", exact=True).fill("冬春水利")
    offered.filter(has_text="关于做好冬春水利工作的通知").click()
    dialog.get_by_label("理由", exact=True).fill("重复登记")
    dialog.get_by_role("button", name="确定合并重复件").click()
    expect(dialog).to_have_count(0)
    assert clerk.get(f"/v1/{again}")["mergedInto"] == first
