// The page around the check: a file is dropped, chosen or pasted; nothing leaves this page.
'use strict';
(function () {
  const get = id => document.getElementById(id);
  const fields = [['来源 origin', p => p.origin], ['位置 leaf', p => `${p.index} / ${p.size} (${p.hash})`], ['树根 root', p => p.root]];

  function line(parent, tag, text, name) {
    const one = document.createElement(tag);
    one.textContent = text;
    if (name) one.className = name;
    parent.appendChild(one);
  }
  function pretty(text) {
    try { return JSON.stringify(JSON.parse(text), null, 1); } catch (e) { return text; }
  }
  function show(text) {
    const key = get('key').value, out = get('verdict');
    out.textContent = '';
    let found = null, fault = null;
    try { found = checkProof(text, key); } catch (e) { fault = e; }
    const isOwn = !key.trim();
    out.className = !found ? 'bad' : isOwn ? 'own' : 'good';
    line(out, 'h2', !found ? '不可信 NOT VALID' : isOwn ? '内容一致, 公钥待核对 CONSISTENT, CHECK THE KEY' : '可信 VALID');
    if (!found) {
      line(out, 'p', fault.zh || '这个浏览器不能完成核验');
      line(out, 'p', fault.en || 'this browser cannot finish the check');
      line(out, 'code', fault.code || String(fault));
      return;
    }
    if (isOwn) {
      line(out, 'p', '没有填公钥: 用的是证明文件自带的公钥, 谁都可以自己造一把。请与公示稿上印的逐字比对:');
      line(out, 'p', 'No public key given: the one in the proof was used, and anybody can make one. Compare it with the one printed on the notice:');
      line(out, 'code', found.key);
    } else {
      line(out, 'p', '这条记录在签名的日志中, 一字未改。');
      line(out, 'p', 'This record is in the signed log, unchanged to the byte.');
    }
    const list = document.createElement('dl');
    for (const [label, value] of fields) { line(list, 'dt', label); line(list, 'dd', value(found)); }
    out.appendChild(list);
    line(out, 'h3', '记录内容 The record');
    line(out, 'pre', pretty(found.content));
    if (found.figures) {
      line(out, 'h3', '承诺的数据 The committed figures');
      line(out, 'pre', pretty(found.figures));
    }
  }
  async function take(file) {
    let text = '';
    try { text = new TextDecoder('utf-8', {fatal: true}).decode(await file.arrayBuffer()); } catch (e) { text = ''; }
    get('proof').value = text;
    show(text);
  }
  get('check').addEventListener('click', () => show(get('proof').value));
  get('file').addEventListener('change', event => { if (event.target.files.length) take(event.target.files[0]); });
  document.addEventListener('dragover', event => event.preventDefault());
  document.addEventListener('drop', event => {
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
})();
