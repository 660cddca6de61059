/* Copying a page's address, printing; and what to do inside WeChat, where printing and downloads fail. */

import { element } from "./dom.js";

const IN_WECHAT = /MicroMessenger/i.test(navigator.userAgent);
const ELSEWHERE = "请点右上角“…”，选择“在浏览器打开”。";

/** Called again for parts of the page that came later. */
export function tools(root = document) {
  root.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
  root.querySelectorAll("[data-print]").forEach((button) => {
    if (IN_WECHAT) button.replaceWith(element("span", { class: "in-wechat" }, cannotPrint()));
    else button.addEventListener("click", () => window.print());
  });
  root.querySelectorAll("a[download], [data-download]").forEach((control) => {
    const said = control.closest("ul, form, p, div").querySelector(".in-wechat"); // once for several
    if (IN_WECHAT && !said) control.after(element("span", { class: "in-wechat" }, `需要下载，${ELSEWHERE}`));
  });
}

/** What is folded on the screen is printed whole. */
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("[data-open-for-print]").forEach((part) => part.setAttribute("open", ""));
});

/** Another browser knows neither what was typed nor who is signed in. */
function cannotPrint() {
  if (document.getElementById("form")) return "微信里不能打印，请截图保存；换到浏览器后需要重新填写。";
  return `需要打印，${ELSEWHERE}${document.querySelector(".sign-out") ? "（打开后需重新登录）" : ""}`;
}

async function copy(button) {
  const link = document.getElementById("permalink");
  const status = button.parentNode.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(link.href);
    status.textContent = "已复制";
  } catch (error) {
    // No clipboard on plain http, or not allowed: the address is marked, to be copied by hand.
    window.getSelection().selectAllChildren(link);
    link.scrollIntoView({ block: "center" });
    status.textContent = "网址已经选中，请复制";
  }
}
