/* Sends pictures and pasted text to the server, with sentences for whatever goes wrong. */

const MB = 1024 * 1024;
export const MOST_OF_PICTURE = 10 * MB;
export const MOST_OF_PASTE = 4 * MB - 64 * 1024; // with what the browser writes around it
export const MOST_SIGNS = 50000; // of an answer, as faq/html.py says
const PATIENCE = 60000; // milliseconds

const SENTENCES = {
  0: "网络不通，没有传上去。请检查网络后再试一次。",
  403: "没有传上去：您可能已经退出登录，或者没有编辑问答的权限。请先点“保存”，按提示登录，写的内容不会丢；再回来传。",
  413: "内容太大，服务器没有收下。请分成几次，或者先缩小。",
  429: "一下子传得太多了，请过一分钟再试。",
  503: "服务器正忙，请过一会儿再试一次。",
};

export function megabytes(bytes) {
  return `${Number((bytes / MB).toFixed(1))} MB`;
}

/** Sends a file; resolves to what the server answers, fails with an Error whose message is for the editor. */
export function send(address, name, file, token, told) {
  const body = new FormData();
  body.append(name, file, file.name || "pasted");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (status) => reject(new Error(SENTENCES[status] || `服务器没有收下（${status}）。请稍后再试。`));
    request.open("POST", address);
    request.setRequestHeader("X-CSRFToken", token);
    request.responseType = "json";
    request.timeout = PATIENCE;
    request.upload.addEventListener("progress", (event) => {
      if (told && event.lengthComputable) told(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status === 200 && answer) resolve(answer);
      else if (answer && answer.error) reject(new Error(answer.error));
      else fail(request.status === 200 ? 403 : request.status); // 200 without JSON is the page for signing in
    });
    request.addEventListener("error", () => fail(0));
    request.addEventListener("timeout", () => fail(0));
    request.send(body);
  });
}
