/*! sm-crypto 0.3.13

Copyright © 2018 june01

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the “Software”), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED “AS IS”, WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
*/
var smCrypto = (() => {
  var __create = Object.create;
  var __defProp = Object.defineProperty;
  var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
  var __getOwnPropNames = Object.getOwnPropertyNames;
  var __getProtoOf = Object.getPrototypeOf;
  var __hasOwnProp = Object.prototype.hasOwnProperty;
  var __commonJS = (cb, mod) => function __require() {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  };
  var __export = (target, all) => {
    for (var name in all)
      __defProp(target, name, { get: all[name], enumerable: true });
  };
  var __copyProps = (to, from, except, desc) => {
    if (from && typeof from === "object" || typeof from === "function") {
      for (let key of __getOwnPropNames(from))
        if (!__hasOwnProp.call(to, key) && key !== except)
          __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
    }
    return to;
  };
  var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
    // If the importer is in node compatibility mode or this is not an ESM
    // file that has been converted to a CommonJS file using a Babel-
    // compatible transform (i.e. "__esModule" has not been set), then set
    // "default" to the CommonJS "module.exports" for node compatibility.
    isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
    mod
  ));
  var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

  // node_modules/sm-crypto/src/sm2/sm3.js
  var require_sm3 = __commonJS({
    "node_modules/sm-crypto/src/sm2/sm3.js"(exports, module) {
      var W = new Uint32Array(68);
      var M = new Uint32Array(64);
      function rotl(x, n) {
        const s = n & 31;
        return x << s | x >>> 32 - s;
      }
      function xor(x, y) {
        const result = [];
        for (let i = x.length - 1; i >= 0; i--) result[i] = (x[i] ^ y[i]) & 255;
        return result;
      }
      function P0(X) {
        return X ^ rotl(X, 9) ^ rotl(X, 17);
      }
      function P1(X) {
        return X ^ rotl(X, 15) ^ rotl(X, 23);
      }
      function sm32(array) {
        let len = array.length * 8;
        let k = len % 512;
        k = k >= 448 ? 512 - k % 448 - 1 : 448 - k - 1;
        const kArr = new Array((k - 7) / 8);
        const lenArr = new Array(8);
        for (let i = 0, len2 = kArr.length; i < len2; i++) kArr[i] = 0;
        for (let i = 0, len2 = lenArr.length; i < len2; i++) lenArr[i] = 0;
        len = len.toString(2);
        for (let i = 7; i >= 0; i--) {
          if (len.length > 8) {
            const start = len.length - 8;
            lenArr[i] = parseInt(len.substr(start), 2);
            len = len.substr(0, start);
          } else if (len.length > 0) {
            lenArr[i] = parseInt(len, 2);
            len = "";
          }
        }
        const m = new Uint8Array([...array, 128, ...kArr, ...lenArr]);
        const dataView = new DataView(m.buffer, 0);
        const n = m.length / 64;
        const V = new Uint32Array([1937774191, 1226093241, 388252375, 3666478592, 2842636476, 372324522, 3817729613, 2969243214]);
        for (let i = 0; i < n; i++) {
          W.fill(0);
          M.fill(0);
          const start = 16 * i;
          for (let j = 0; j < 16; j++) {
            W[j] = dataView.getUint32((start + j) * 4, false);
          }
          for (let j = 16; j < 68; j++) {
            W[j] = P1(W[j - 16] ^ W[j - 9] ^ rotl(W[j - 3], 15)) ^ rotl(W[j - 13], 7) ^ W[j - 6];
          }
          for (let j = 0; j < 64; j++) {
            M[j] = W[j] ^ W[j + 4];
          }
          const T1 = 2043430169;
          const T2 = 2055708042;
          let A = V[0];
          let B = V[1];
          let C = V[2];
          let D = V[3];
          let E = V[4];
          let F = V[5];
          let G = V[6];
          let H = V[7];
          let SS1;
          let SS2;
          let TT1;
          let TT2;
          let T;
          for (let j = 0; j < 64; j++) {
            T = j >= 0 && j <= 15 ? T1 : T2;
            SS1 = rotl(rotl(A, 12) + E + rotl(T, j), 7);
            SS2 = SS1 ^ rotl(A, 12);
            TT1 = (j >= 0 && j <= 15 ? A ^ B ^ C : A & B | A & C | B & C) + D + SS2 + M[j];
            TT2 = (j >= 0 && j <= 15 ? E ^ F ^ G : E & F | ~E & G) + H + SS1 + W[j];
            D = C;
            C = rotl(B, 9);
            B = A;
            A = TT1;
            H = G;
            G = rotl(F, 19);
            F = E;
            E = P0(TT2);
          }
          V[0] ^= A;
          V[1] ^= B;
          V[2] ^= C;
          V[3] ^= D;
          V[4] ^= E;
          V[5] ^= F;
          V[6] ^= G;
          V[7] ^= H;
        }
        const result = [];
        for (let i = 0, len2 = V.length; i < len2; i++) {
          const word = V[i];
          result.push((word & 4278190080) >>> 24, (word & 16711680) >>> 16, (word & 65280) >>> 8, word & 255);
        }
        return result;
      }
      var blockLen = 64;
      var iPad = new Uint8Array(blockLen);
      var oPad = new Uint8Array(blockLen);
      for (let i = 0; i < blockLen; i++) {
        iPad[i] = 54;
        oPad[i] = 92;
      }
      function hmac(input, key) {
        if (key.length > blockLen) key = sm32(key);
        while (key.length < blockLen) key.push(0);
        const iPadKey = xor(key, iPad);
        const oPadKey = xor(key, oPad);
        const hash = sm32([...iPadKey, ...input]);
        return sm32([...oPadKey, ...hash]);
      }
      module.exports = {
        sm3: sm32,
        hmac
      };
    }
  });

  // sm3.js
  var sm3_exports = {};
  __export(sm3_exports, {
    sm3: () => import_sm3.sm3
  });
  var import_sm3 = __toESM(require_sm3());
  return __toCommonJS(sm3_exports);
})();
