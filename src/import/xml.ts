// XML as it comes, element by element. Nothing outside of the document is ever read, and entities of its own are refused.

import { StringDecoder } from 'node:string_decoder'
import { Parser } from 'htmlparser2'
import type { Bytes } from './bytes.ts'
import { Depth } from './depth.ts'
import { UnreadableFile } from './unreadable.ts'

/** Names come without the prefix of their namespace: some programs write `x:row`. */
export interface XmlHandler {
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

const local = (name: string) => {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

function parserFor({ open, text, close }: XmlHandler): Parser {
  const depth = new Depth()
  return new Parser(
    {
      onopentag: (name, attributes) => {
        depth.open()
        open?.(local(name), attributes)
      },
      ontext: text,
      onclosetag: (name) => {
        depth.close()
        close?.(local(name))
      },
      onprocessinginstruction: (name) => {
        if (/^!doctype/i.test(name)) throw new UnreadableFile('entities')
      },
    },
    { xmlMode: true },
  )
}

/** Reads a document; after each piece of it the caller may do what it likes. */
export async function* readXml(bytes: Bytes, handler: XmlHandler): AsyncGenerator<undefined> {
  const parser = parserFor(handler)
  const decoder = new StringDecoder('utf8')
  for await (const chunk of bytes.open()) {
    parser.write(decoder.write(chunk))
    yield
  }
  parser.end(decoder.end())
  yield
}

/** Reads a small document at once. */
export async function readWholeXml(bytes: Bytes, handler: XmlHandler): Promise<void> {
  for await (const _ of readXml(bytes, handler));
}
