import { rootOf, selector, word } from './proof.js';

const POLL = 1000;
const part = (id) => document.getElementById(id);
const show = (id, text) => { part(id).textContent = text; };

/** What the server says of the account; the wallet's address once it is connected. */
let claim = null;
let wallet = null;
let provenOnChain = false;
let busy = false;

function told(text) { show('message', text); show('error', ''); }
function failed(text) { show('message', ''); show('error', text); }

/** Wei as OPEN, with all its digits. */
function open(wei) {
  const digits = BigInt(wei).toString().padStart(19, '0');
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`.replace(/\.?0+$/, '') || '0';
}

async function asked(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.detail || `The server answered ${response.status}.`);
  }
  return body;
}

function path() {
  return `../api/ledger/claims/${encodeURIComponent(part('account').value.trim())}`;
}

async function load() {
  provenOnChain = false;
  claim = await asked(path());
  part('claim').hidden = false;
  show('earned', open(claim.earned));
  show('claimed', open(claim.claimed));
  show('claimable', open(claim.claimable));
  show('address', claim.address);
  show('chain', String(claim.chainId));
  show('contract', claim.contract);
  show('next', claim.next ? `More becomes claimable from ${new Date(claim.next).toLocaleString()}.` : '');
  part('staking').hidden = !claim.staking;
  part('evidence').hidden = !claim.proof;
  show('active', 'connect a wallet');
  show('checked', 'not checked yet');
  part('siblings').replaceChildren();
  if (claim.proof) {
    show('epoch', String(claim.proof.epoch));
    show('cumulative', claim.proof.cumulative);
    show('root', claim.proof.root);
    for (const sibling of claim.proof.siblings) {
      const item = document.createElement('li');
      item.textContent = sibling;
      part('siblings').append(item);
    }
  }
  buttons();
}

function buttons() {
  const may = Boolean(claim?.call) && provenOnChain && !busy;
  part('pay').disabled = !may;
  part('stake').disabled = !may || !claim.staking;
  part('connect').disabled = busy;
}

function rpc(method, params = []) {
  return window.ethereum.request({ method, params });
}

/** What went wrong, in words; EIP-1193 and EIP-1474 have the codes. */
function reason(error) {
  switch (error?.code) {
    case 4001: return 'You declined in the wallet. Nothing was sent.';
    case 4100: return 'The wallet has not allowed this page to do that. Connect it again.';
    case 4900:
    case 4901: return 'The wallet has no connection to this chain.';
    case 4902: return `The wallet does not know chain ${claim.chainId}. Add it in the wallet, then try again.`;
    case -32002: return 'The wallet is already asking you. Open it and answer there.';
    default: return error?.message || String(error);
  }
}

async function step(text, work) {
  busy = true;
  buttons();
  told(text);
  try {
    await work();
  } catch (error) {
    failed(reason(error));
  } finally {
    busy = false;
    buttons();
  }
}

async function connect() {
  if (!window.ethereum) {
    throw new Error('There is no wallet in this browser. Install one that speaks EIP-1193, then load this page again.');
  }
  const accounts = await rpc('eth_requestAccounts');
  wallet = (accounts[0] ?? '').toLowerCase();
  await check();
}

/** Chain, payee and proof, as the wallet's own node has them: the server is not believed. */
async function check() {
  provenOnChain = false;
  const chain = Number(BigInt(await rpc('eth_chainId')));
  part('switch').hidden = chain === claim.chainId;
  if (chain !== claim.chainId) {
    throw new Error(`The wallet is on chain ${chain}, and this is paid on chain ${claim.chainId}.`);
  }
  if (wallet !== claim.address) {
    throw new Error(`The wallet has ${wallet || 'no account'}, and this is paid to ${claim.address}. Choose that account in the wallet.`);
  }
  if (!claim.proof) {
    told('No epoch with this account is active on chain yet.');
    return;
  }
  const words = (await call('activeRoot()')).match(/.{64}/g) ?? [];
  const active = words[1] ?? '';
  show('active', active);
  const computed = rootOf(claim.address, claim.proof.cumulative, claim.proof.siblings);
  if (computed !== active) {
    show('checked', 'does not lead to the root on chain');
    throw new Error('The proof does not lead to the root that is active on chain. Show the account again; if it stays so, do not claim and tell the operator.');
  }
  const claimed = BigInt(`0x${await call('claimed(address)', word(claim.address))}`);
  show('claimed', open(claimed));
  const left = BigInt(claim.proof.cumulative) - claimed;
  show('claimable', open(left > 0n ? left : 0n));
  show('checked', 'leads to the root on chain');
  provenOnChain = left > 0n;
  told(claim.call ? 'The proof was checked against the chain.' : `There is less than the least claim of ${open(claim.minimum)} OPEN.`);
}

async function call(signature, argument = '') {
  const answer = await rpc('eth_call', [{ to: claim.contract, data: `0x${selector(signature)}${argument}` }, 'latest']);
  return answer.slice(2);
}

/** Made here of the proof that was checked: what the wallet signs is not the server's choice. */
function packed() {
  const { cumulative, siblings } = claim.proof;
  return `0x${selector('claimPacked(uint256)')}${word(cumulative)}${siblings.join('')}`;
}

function staked(configuration) {
  const { cumulative, siblings } = claim.proof;
  const list = word(3 * 32) + word(siblings.length) + siblings.join('');
  return `0x${selector('claimToStake(uint256,uint256,bytes32[])')}${word(configuration)}${word(cumulative)}${list}`;
}

async function send(encode, done) {
  await check();
  if (!provenOnChain) throw new Error('There is nothing to claim.');
  told('Confirm in the wallet.');
  const hash = await rpc('eth_sendTransaction', [{ from: wallet, to: claim.contract, data: encode(), value: '0x0' }]);
  told(`Sent as ${hash}. Waiting until it is in a block.`);
  for (;;) {
    const receipt = await rpc('eth_getTransactionReceipt', [hash]);
    if (receipt) {
      if (BigInt(receipt.status) !== 1n) {
        throw new Error(`The contract refused transaction ${hash}. Perhaps the next epoch became active meanwhile: show the account again.`);
      }
      await load();
      await check();
      told(done);
      return;
    }
    await new Promise((go) => setTimeout(go, POLL));
  }
}

part('who').addEventListener('submit', (event) => {
  event.preventDefault();
  step('Asking the server.', async () => {
    await load();
    if (wallet) {
      await check();
    } else {
      told('Connect the wallet to check the proof and to claim.');
    }
  });
});
part('connect').addEventListener('click', () => step('Answer in the wallet.', connect));
part('switch').addEventListener('click', () => step('Answer in the wallet.', async () => {
  await rpc('wallet_switchEthereumChain', [{ chainId: `0x${claim.chainId.toString(16)}` }]);
  await check();
}));
part('pay').addEventListener('click', () => step('Checking.', () => send(packed, 'Paid.')));
part('staking').addEventListener('submit', (event) => {
  event.preventDefault();
  step('Checking.', () => send(() => staked(part('configuration').value), 'Staked.'));
});

window.ethereum?.on?.('accountsChanged', (accounts) => {
  wallet = (accounts[0] ?? '').toLowerCase();
  provenOnChain = false;
  buttons();
  if (claim && wallet) step('The wallet has another account.', check);
});
window.ethereum?.on?.('chainChanged', () => {
  provenOnChain = false;
  buttons();
  if (claim && wallet) step('The wallet is on another chain.', check);
});

const given = new URLSearchParams(window.location.search).get('account');
if (given) {
  part('account').value = given;
  part('who').requestSubmit();
}
