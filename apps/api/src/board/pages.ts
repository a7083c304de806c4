const style = `
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f4f6f8; color: #1c2733;
  font: 16px/1.5 system-ui, sans-serif; }
main { width: min(24rem, 90vw); background: #fff; border: 1px solid #dde3ea; border-radius: 12px; padding: 2rem; }
h1 { margin: 0 0 .5rem; font-size: 1.25rem; }
p { margin: 0 0 1rem; }
label { display: block; margin-bottom: .25rem; }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem .75rem; border-radius: 8px; }
input { border: 1px solid #b7c1cc; margin-bottom: 1rem; }
button { border: 0; background: #1f5fbf; color: #fff; cursor: pointer; }
.error { color: #a11; }
@media (prefers-color-scheme: dark) {
  body { background: #14181d; color: #e6eaef; } main { background: #1c2229; border-color: #303944; }
  input { background: #14181d; color: inherit; border-color: #465261; } .error { color: #ff8a8a; }
}`;

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Texas AI</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body><main>${content}</main></body>
</html>
`;
}

/** `error` is not escaped. */
export function signInPage(action: string, error: string | null): string {
  return page(
    'Queues',
    `<h1>Queues · 任务队列</h1>
<p>Sign in with an API key that has the scope <code>admin</code>.<br>
<span lang="zh-CN">请使用具有 <code>admin</code> 权限的 API 密钥登录。</span></p>
${error === null ? '' : `<p class="error" role="alert">${error}</p>`}
<form method="post" action="${action}">
<label for="key">API key · <span lang="zh-CN">API 密钥</span></label>
<input id="key" name="key" type="password" required autofocus autocomplete="current-password">
<button>Sign in · 登录</button>
</form>`,
  );
}

export function signOutPage(action: string): string {
  return page(
    'Sign out',
    `<h1>Sign out · 退出登录</h1>
<p>This ends the session in this browser; the key stays valid.<br>
<span lang="zh-CN">将结束此浏览器中的会话，密钥仍然有效。</span></p>
<form method="post" action="${action}"><button>Sign out · 退出登录</button></form>`,
  );
}
