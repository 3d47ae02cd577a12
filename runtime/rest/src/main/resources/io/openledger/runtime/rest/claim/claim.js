import { rootOf, selector, word } from './proof.js';

const POLL = 1000;
/** Looks at a sent transaction after which it is said that this takes long. */
const LONG = 30;
/** How many epochs back a root is looked for. */
const EPOCHS = 20;
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
  // what is shown of another account goes first: it must not be claimed under this one's name
  claim = null;
  part('claim').hidden = true;
  buttons();
  claim = await asked(path());
  part('claim').hidden = false;
  show('earned', open(claim.earned));
  show('claimed', open(claim.claimed));
  show('claimable', open(claim.claimable));
  show('address', claim.address);
  show('chain', String(claim.chainId));
  show('contract', claim.contract);
  show('next', await later().catch(() => ''));
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

/** When the rest can be claimed, or why that is not known. */
async function later() {
  if (claim.next) {
    return `More becomes claimable in ${waiting(Date.parse(claim.next) - Date.parse(claim.asOf))} by the chain's clock, unless the guardian drops its root until then.`;
  }
  if (BigInt(claim.earned) <= BigInt(claim.claimed) + BigInt(claim.claimable)) {
    return BigInt(claim.claimable) === 0n ? 'All of it was claimed.' : '';
  }
  const epoch = (await asked('../api/ledger/epochs?limit=1')).items[0]?.number ?? 1;
  const range = `from=${Math.max(1, epoch - EPOCHS)}&to=${epoch}`;
  const postings = (await asked(`../api/ledger/epochs/postings?${range}`)).items;
  const root = postings.find(({ kind }) => kind === 'ROOT');
  switch (root?.state) {
    case 'SUBMITTED': return `The root of epoch ${root.epoch} was sent to the chain and is not in a block yet.`;
    case 'CHALLENGED': return `The guardian has dropped the root of epoch ${root.epoch}. Nothing is lost: the rest can be claimed once an administrator posts a root again.`;
    case 'REVERTED':
    case 'CANCELLED': return `The root of epoch ${root.epoch} did not get onto the chain. Nothing is lost: the rest can be claimed once an administrator posts a root again.`;
    default: return 'The rest is in no root on the chain yet.';
  }
}

/** A time to wait, in words. */
function waiting(millis) {
  const minutes = Math.max(0, Math.ceil(millis / 60000));
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
}

function buttons() {
  const may = Boolean(claim?.call) && provenOnChain && !busy;
  part('pay').disabled = !may;
  part('stake').disabled = !may || !claim.staking;
  part('connect').disabled = busy;
  part('show').disabled = busy;
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
    case 4902: return claim.walletUrl
      ? `The wallet does not know chain ${claim.chainId} yet. If it has just added it, try again; else add it in the wallet: chain ${claim.chainId}, currency OPEN, node ${claim.walletUrl}.`
      : `The wallet does not know chain ${claim.chainId}, and this server names no node of it. Add it in the wallet: chain ${claim.chainId}, currency OPEN, and a node that the operator tells you. Then try again.`;
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

/** EIP-3326; a wallet that does not know the chain is asked to add it (EIP-3085) where that is possible. */
async function toThisChain() {
  const chainId = `0x${claim.chainId.toString(16)}`;
  try {
    await rpc('wallet_switchEthereumChain', [{ chainId }]);
  } catch (error) {
    // some wallets wrap the code
    const unknown = error?.code === 4902 || error?.data?.originalError?.code === 4902;
    if (!unknown) throw error;
    if (!claim.walletUrl) throw Object.assign(new Error(), { code: 4902 });
    told(`The wallet does not know chain ${claim.chainId}. It asks you whether to add it, with the node ${claim.walletUrl}.`);
    await rpc('wallet_addEthereumChain', [{
      chainId,
      chainName: `OpenLedger ${claim.chainId}`,
      nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 },
      rpcUrls: [claim.walletUrl],
    }]);
    // to add is not to switch in every wallet
    await rpc('wallet_switchEthereumChain', [{ chainId }]);
  }
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
  const succeeded = await inABlock(hash, BigInt(claim.proof.cumulative));
  await load();
  if (!succeeded) {
    await check().catch(() => {}); // so that it can be tried again at once
    throw new Error(`The contract refused transaction ${hash}; nothing was paid by it. Perhaps the next epoch became active meanwhile: what is shown now is new, so claim again.`);
  }
  await check();
  told(done);
}

/**
 * Waits until the transaction is in a block, or all of it was claimed by another one: a wallet that
 * speeds a transaction up sends it under another hash.
 */
async function inABlock(hash, cumulative) {
  for (let looks = 1; ; looks++) {
    try {
      const receipt = await rpc('eth_getTransactionReceipt', [hash]);
      if (receipt) {
        return BigInt(receipt.status) === 1n;
      }
      if (BigInt(`0x${await call('claimed(address)', word(claim.address))}`) >= cumulative) {
        return true;
      }
      if (looks === LONG) {
        told(`${hash} is still in no block. Whoever closes this page loses nothing: the wallet shows what becomes of it.`);
      }
    } catch (error) {
      // it was sent, whatever the node says now
      told(`Sent as ${hash}. The wallet's node does not tell what became of it (${reason(error)}); it is asked again.`);
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
  await toThisChain();
  await check();
}));
part('pay').addEventListener('click', () => step('Checking.', () => send(packed, 'Paid.')));
part('staking').addEventListener('submit', (event) => {
  event.preventDefault();
  step('Checking.', () => send(() => staked(part('configuration').value), 'Staked.'));
});

/** The wallet has another account or chain: what was checked is checked again. */
function changed(text) {
  provenOnChain = false;
  buttons();
  // what is under way checks both itself before it sends, and once more when it is done
  if (claim && wallet && !busy) step(text, check);
}
window.ethereum?.on?.('accountsChanged', (accounts) => {
  wallet = (accounts[0] ?? '').toLowerCase();
  changed('The wallet has another account.');
});
window.ethereum?.on?.('chainChanged', () => changed('The wallet is on another chain.'));

const given = new URLSearchParams(window.location.search).get('account');
if (given) {
  part('account').value = given;
  part('who').requestSubmit();
}
