"""How the preview looks: Slack, Discord and a terminal, light and dark, in plain CSS. Pure."""

STYLE = """
* { box-sizing: border-box; }
body { margin: 0; padding: 24px; background: #e9ebee; color: #1d1c1d; line-height: 1.45;
  font: 15px "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK JP", system-ui, sans-serif; }
h1 { font-size: 20px; margin: 0 0 16px; } h2 { font-size: 16px; margin: 32px 0 12px; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
b { font-weight: 700; }
.views { display: grid; gap: 20px; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 690px), 760px)); }
figure { margin: 0; min-width: 0; } figcaption { font-size: 13px; color: #55585c; padding: 0 0 4px; }
.view { background: var(--page); color: var(--text); border-radius: 10px; padding: 16px 20px;
  overflow-wrap: anywhere; }
.post { display: flex; gap: 10px; align-items: flex-start; }
.post > .body { flex: 1; min-width: 0; }
.face { flex: none; width: 38px; height: 38px; background: #1f3a5f; color: #fff; font-weight: 700;
  display: grid; place-items: center; }
.who b { color: var(--strong); } .who .app { font-size: 10px; font-weight: 600; padding: 1px 4px;
  margin: 0 6px; border-radius: 3px; vertical-align: 1px; background: var(--app);
  color: var(--apptext); }
.who .when { font-size: 12px; color: var(--quiet); }
.picture { flex: none; width: 88px; height: 88px; border-radius: 8px; padding: 6px;
  display: grid; place-items: center; text-align: center; font-size: 10px; line-height: 1.2;
  color: #fff; background: linear-gradient(135deg, #3b6ea8, #7a4f9a); }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.button, .button:hover { font-size: 14px; font-weight: 600; color: var(--buttontext);
  text-decoration: none; cursor: pointer; }
.ping { background: #ffe600; color: #b00020; font-weight: 700; }

.slack { --link: #1264a3; --page: #fff; --text: #1d1c1d; --strong: #1d1c1d; --quiet: #616061;
  --app: #e8e8e8; --apptext: #616061; --edge: rgba(29, 28, 29, .3); --buttontext: #1d1c1d; }
.slack.dark { --link: #1d9bd1; --page: #1a1d21; --text: #d1d2d3; --strong: #f8f8f8;
  --quiet: #ababad; --app: #35373b; --apptext: #d1d2d3; --edge: rgba(232, 232, 232, .35);
  --buttontext: #f8f8f8; }
.slack .face { border-radius: 8px; }
.slack .section { display: flex; gap: 16px; justify-content: space-between; margin: 6px 0; }
.slack .told { white-space: pre-wrap; min-width: 0; flex: 1; }
.slack .rich { white-space: pre-wrap; margin: 4px 0; }
.slack .header { font-size: 18px; font-weight: 800; }
.slack .context { color: var(--quiet); font-size: 13px; margin: 4px 0; display: flex;
  flex-wrap: wrap; gap: 0 8px; }
.slack .button { border: 1px solid var(--edge); border-radius: 8px; padding: 4px 12px; }

.discord { --link: #006ce7; --page: #fff; --text: #313338; --strong: #060607; --quiet: #5c5e66;
  --app: #5865f2; --apptext: #fff; --card: #f2f3f5; --code: #e3e5e8; --button: #6d6f78;
  --buttontext: #fff; }
.discord.dark { --link: #00a8fc; --page: #313338; --text: #dbdee1; --strong: #f2f3f5;
  --quiet: #949ba4; --card: #2b2d31; --code: #1e1f22; --button: #4e5058; }
.discord .face { border-radius: 50%; }
.discord .embed { display: flex; gap: 16px; background: var(--card); margin-top: 4px;
  border-inline-start: 4px solid; border-radius: 4px; padding: 10px 14px 12px; max-width: 520px; }
.discord .told { flex: 1; min-width: 0; font-size: 14px; }
.discord .author { font-size: 13px; font-weight: 600; color: var(--strong); margin-bottom: 4px; }
.discord .title { font-size: 16px; font-weight: 600; color: var(--strong); margin-bottom: 6px; }
.discord .gap { height: 8px; } .discord .small { font-size: 12px; color: var(--quiet); }
.discord .footer { font-size: 12px; color: var(--quiet); margin-top: 8px; }
.discord code { background: var(--code); border-radius: 4px; padding: 1px 4px; font-size: 12px;
  font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
.discord .date { background: var(--code); border-radius: 3px; padding: 0 2px; }
.discord .button { background: var(--button); border-radius: 4px; padding: 6px 14px; }
.discord .primary { background: #5865f2; } .discord .green { background: #248046; }
.discord .red { background: #da373c; }

.terminal { --page: #fbfbfa; --text: #24292e; --red: #b42318; --yellow: #9a6700; --blue: #0550ae;
  --magenta: #8250df; --cyan: #0a7285; --link: inherit; }
.terminal.dark { --page: #10141a; --text: #d4d8dd; --red: #ff7b72; --yellow: #e3b341; --blue: #79b8ff;
  --magenta: #d2a8ff; --cyan: #56d4dd; }
.terminal pre { margin: 0; font: 12.5px/1.45 "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Arabic",
  "Noto Sans Mono CJK JP", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.terminal .bold { font-weight: 700; } .terminal .dim { opacity: .66; }
.terminal .red { color: var(--red); }
.terminal .yellow { color: var(--yellow); } .terminal .blue { color: var(--blue); }
.terminal .magenta { color: var(--magenta); } .terminal .cyan { color: var(--cyan); }
"""
