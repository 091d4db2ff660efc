// Unsaved input stays in this browser until it is saved or discarded: it survives a reload, a crash and the end of the
// session. It is encrypted with a key that only a session of the same operator gets, because people share desks. A page
// on plain HTTP cannot encrypt: there it lives as long as its tab.

import { useMemo } from 'react'
import { createStore, type Store } from './store.ts'

export interface Kept<T = unknown> {
  /** What it is: `draft`, `new-lead`, … */
  kind: string
  /** What it is about: a lead's id, or `conflict-7` for a held update. */
  subject: string
  /** RFC 3339, when it changed last. */
  at: string
  value: T
}

/** Older entries are removed, because they hold values of leads. */
const KEPT_MS = 14 * 86_400_000
const PREFIX = 'leadline.kept.'
const IV_BYTES = 12

/** Browsers offer no encryption to pages on plain HTTP. */
const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle

/** Whether unsaved input outlives its tab. */
export const outlivesTab = subtle !== undefined

/** Kept for the signed-in operator, by name in the storage. */
const entries = createStore<ReadonlyMap<string, Kept>>(new Map())

let opened: { prefix: string; drafts_key: string; key: CryptoKey | undefined } | undefined

/** Everything that is kept of the operator who is signed in. */
export const allKept: Pick<Store<ReadonlyMap<string, Kept>>, 'get' | 'watch'> = entries

/** One value that is kept. Null keeps nothing. A value that cannot be read counts as none. */
export function useKept<T>(
  kind: string,
  subject: string,
  isValid: (value: unknown) => value is T,
): Store<T | null> {
  return useMemo(() => {
    const get = () => {
      const value = entries.get().get(nameOf(kind, subject))?.value
      return isValid(value) ? value : null
    }
    const set = (value: T | null) => {
      if (value !== null) keep({ kind, subject, at: new Date().toISOString(), value })
      else discard({ kind, subject })
    }
    return { get, set, watch: entries.watch }
  }, [kind, subject, isValid])
}

/** Reads what is kept of an operator; before that nothing is known. Another password makes another key. */
export async function openKept(operator_id: number, drafts_key: string): Promise<void> {
  if (opened?.drafts_key === drafts_key) return
  const raw = Uint8Array.from(atob(drafts_key), (char) => char.charCodeAt(0))
  const key = await subtle?.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const prefix = `${PREFIX}${operator_id}.`
  const is_same = opened?.prefix === prefix
  opened = { prefix, drafts_key, key }
  if (is_same) await Promise.all([...entries.get().values()].map(write))
  else {
    const found = await Promise.all(
      storedNames(prefix).map(async (name) => [name, await read(name)] as const),
    )
    for (const [name, kept] of found) if (!kept) remove(name)
    entries.set(new Map(found.flatMap(([name, kept]) => (kept ? [[name, kept]] : []))))
  }
}

/** Here and in the other windows of this browser. */
export function discard({ kind, subject }: Pick<Kept, 'kind' | 'subject'>): void {
  const name = nameOf(kind, subject)
  const next = new Map(entries.get())
  if (next.delete(name)) entries.set(next)
  remove(name)
}

export function discardAll(): void {
  for (const kept of entries.get().values()) discard(kept)
}

export function keep(kept: Kept): void {
  entries.set(new Map(entries.get()).set(nameOf(kept.kind, kept.subject), kept))
  void write(kept)
}

const nameOf = (kind: string, subject: string) => `${opened?.prefix}${kind}.${subject}`

/** The tab's own storage where nothing can be encrypted. */
const storage = () => (subtle ? localStorage : sessionStorage)

async function write(kept: Kept): Promise<void> {
  const name = nameOf(kept.kind, kept.subject)
  const { at, value } = kept
  try {
    const entry = opened?.key ? { at, sealed: await seal(opened.key, name, value) } : { at, value }
    // A value that was set or discarded meanwhile is newer.
    if (entries.get().get(name) === kept) storage().setItem(name, JSON.stringify(entry))
  } catch {
    // The browser keeps nothing, or is full: the value holds until the page is left.
  }
}

/** Undefined for what is not there or cannot be read. */
async function read(name: string): Promise<Kept | undefined> {
  const [kind = '', ...subject] = name.slice(opened?.prefix.length).split('.')
  try {
    const { at, value, sealed } = JSON.parse(storage().getItem(name) ?? '')
    const plain = opened?.key ? await unseal(opened.key, name, sealed) : value
    return { kind, subject: subject.join('.'), at, value: plain }
  } catch {
    return undefined
  }
}

/** The name is part of the seal, so that no entry can be passed off as another. */
const cipher = (iv: Uint8Array<ArrayBuffer>, name: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(name),
})

async function seal(key: CryptoKey, name: string, value: unknown): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const text = new TextEncoder().encode(JSON.stringify(value))
  const sealed = new Uint8Array(await subtle!.encrypt(cipher(iv, name), key, text))
  return btoa([...iv, ...sealed].map((byte) => String.fromCharCode(byte)).join(''))
}

async function unseal(key: CryptoKey, name: string, sealed: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(sealed), (char) => char.charCodeAt(0))
  const iv = bytes.slice(0, IV_BYTES)
  const text = await subtle!.decrypt(cipher(iv, name), key, bytes.slice(IV_BYTES))
  return JSON.parse(new TextDecoder().decode(text))
}

function remove(name: string): void {
  try {
    storage().removeItem(name)
  } catch {
    // This browser keeps nothing.
  }
}

function storedNames(prefix: string): string[] {
  try {
    return Object.keys(storage()).filter((name) => name.startsWith(prefix))
  } catch {
    return []
  }
}

window.addEventListener('storage', async ({ key: name, newValue, storageArea }) => {
  if (!opened || storageArea !== storage() || !name?.startsWith(opened.prefix)) return
  const kept = newValue === null ? undefined : await read(name)
  // A later change has an event of its own.
  if (storage().getItem(name) !== newValue) return
  const next = new Map(entries.get())
  if (kept) next.set(name, kept)
  else next.delete(name)
  entries.set(next)
})

for (const name of storedNames(PREFIX)) {
  try {
    const { at } = JSON.parse(storage().getItem(name) ?? '')
    if (Date.parse(at) > Date.now() - KEPT_MS) continue
  } catch {
    // It cannot be read.
  }
  remove(name)
}
