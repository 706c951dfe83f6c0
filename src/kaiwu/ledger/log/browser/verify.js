// Checks one proof file in the browser: the same steps and codes as verifier.py, in the same order.
'use strict';
class Fault extends Error {
  constructor(code, zh, en) { super(`[${code}] ${zh} / ${en}`); this.code = code; this.zh = zh; this.en = en; }
}
function need(isSo, code, zh, en) { if (!isSo) throw new Fault(code, zh, en); }

const HASHES = {sha256: data => nobleHashes.sha256(data), sm3: data => Uint8Array.from(smCrypto.sm3(Array.from(data)))};
const KINDS = {kaiwu_proof: 'number', hash: 'string', index: 'number', size: 'number', leaf: 'string', leaf_hash: 'string',
  path: 'array', checkpoint: 'string', key: 'string', salt: 'string', figures: 'string'};
nobleEd25519.utils.sha512Sync = (...parts) => nobleHashes.sha512(join(...parts));

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}
const bytes = text => new TextEncoder().encode(text);
const hex = data => Array.from(data, b => b.toString(16).padStart(2, '0')).join('');

function decode(text, length) {
  let data = new Uint8Array(0), again = '';
  try { const raw = atob(text); data = Uint8Array.from(raw, c => c.charCodeAt(0)); again = btoa(raw); } catch (e) { again = null; }
  need(again === text && (length === undefined || data.length === length), 'V-BASE64', '哈希、公钥或签名残缺', 'cut hash, key or signature');
  return data;
}

function readProof(text) {
  let proof = null;
  try {
    const kind = v => Array.isArray(v) ? 'array' : typeof v;
    const read = JSON.parse(text);
    proof = Object.assign({salt: '', figures: ''}, kind(read) === 'object' ? read : {});
    const names = Object.keys(proof);
    for (const name of names) {
      if (!Object.prototype.hasOwnProperty.call(KINDS, name) || kind(proof[name]) !== KINDS[name]) proof.kaiwu_proof = 0;
      if (kind(proof[name]) === 'string') encodeURIComponent(proof[name]); // throws for half a character
      if (kind(proof[name]) === 'number' && !Number.isSafeInteger(proof[name])) proof.kaiwu_proof = 0;
    }
    if (names.length !== Object.keys(KINDS).length || proof.kaiwu_proof !== 1) proof = null;
  } catch (e) { proof = null; }
  need(proof !== null, 'V-FORM', '这不是证明文件, 或缺少、多出内容', 'not a proof file, or something is missing or too much');
  return proof;
}

function checkProof(text, publicKey) {
  const proof = readProof(text);
  need(Object.prototype.hasOwnProperty.call(HASHES, proof.hash), 'V-HASH', '不认识这种杂凑, 或 OpenSSL 没有 SM3', 'unknown hash, or an OpenSSL without SM3');
  const note = readCheckpoint(proof.checkpoint, publicKey || proof.key), hash = HASHES[note.hash];
  need(note.size > 0, 'V-EMPTY', '检查点是空日志的, 什么也证明不了', 'the checkpoint is of an empty log and proves nothing');
  need(note.size === proof.size && note.hash === proof.hash, 'V-SIZE', '大小或算法与检查点不同', "size or hash is not the checkpoint's");
  need(proof.index >= 0 && proof.index < note.size, 'V-INDEX', '叶子的位置不在日志之内', 'the index of the leaf lies outside the log');
  const leaf = decode(proof.leaf), path = proof.path.map(one => decode(String(one), 32));
  const node = hash(join([0], leaf));
  need(hex(node) === hex(decode(proof.leaf_hash, 32)), 'V-LEAF', '叶子被改动: 内容与哈希不符', 'the leaf was altered: not its hash');
  const found = followPath(hash, node, proof.index, note.size, path);
  need(hex(found) === hex(note.root), 'V-PATH', '叶子、位置或路径是伪造的: 算不出签名的根', 'leaf, index or path is forged: not the signed root');
  const content = new TextDecoder().decode(leaf);
  if (proof.salt || proof.figures) {
    const salted = hex(hash(join(decode(proof.salt, 32), bytes(proof.figures))));
    need(content.includes(`"commitment":"${salted}"`), 'V-OPENING', '数据或盐值被改动', 'figures or salt were altered');
  }
  return {...proof, content, origin: note.origin, root: hex(note.root)};
}

function readCheckpoint(text, publicKey) {
  const parts = publicKey.trim().split('+'), name = parts[0], id = parts[1] || '', key = decode(parts.slice(2).join('+'), 33);
  const isKey = key[0] === 1 && hex(nobleHashes.sha256(join(bytes(name + '\n'), key))).slice(0, 8) === id;
  need(isKey, 'V-KEY', '公钥不完整或被改动', 'the public key is incomplete or altered');
  const cut = text.lastIndexOf('\n\n'), body = cut < 0 ? '' : text.slice(0, cut), signatures = text.slice(cut + 2);
  const found = /^([^\n]+)\n(0|[1-9][0-9]{0,14})\n([^\n]{44})(\nhash sm3)?$/.exec(body);
  need(found && text.endsWith('\n'), 'V-NOTE', '检查点的格式不对', 'the checkpoint is malformed');
  const mark = `— ${name} `, raws = signatures.split('\n').filter(line => line.startsWith(mark)).map(line => decode(line.slice(mark.length), 68));
  const mine = raws.filter(raw => hex(raw.slice(0, 4)) === id);
  need(mine.length, 'V-SIGNER', '检查点没有这把公钥的签名', 'the checkpoint bears no signature of this key');
  let isSigned = false;
  try { isSigned = nobleEd25519.sync.verify(mine[0].slice(4), bytes(body + '\n'), key.slice(1)); } catch (e) { isSigned = false; }
  need(isSigned, 'V-SIGNATURE', '签名不对: 检查点被改动或伪造', 'wrong signature: checkpoint altered or forged');
  return {origin: found[1], size: Number(found[2]), root: decode(found[3], 32), hash: found[4] ? 'sm3' : 'sha256'};
}

function followPath(hash, node, index, size, path) {
  let at = BigInt(index), last = BigInt(size) - 1n, isLeft = [];
  for (; at !== last; at >>= 1n, last >>= 1n) isLeft.push((at & 1n) === 1n);
  for (; at > 0n; at >>= 1n) if (at & 1n) isLeft.push(true);
  need(path.length === isLeft.length, 'V-PATH-LENGTH', '路径长度不对', 'wrong length of the path');
  path.forEach((one, i) => { node = hash(isLeft[i] ? join([1], one, node) : join([1], node, one)); });
  return node;
}
