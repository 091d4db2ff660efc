// The server has two APIs: /v1, and the classic one, whose addresses and answers were published long ago.

/** Every address of the classic API begins with this. */
export const CLASSIC = '/servicemanager/rest/CampaignAPI'

/** The API of an address. It decides the form of the answers. */
export type Style = 'classic' | 'v1'
export const styleOf = (url: string): Style => (/^\/+servicemanager(?:[/?]|$)/.test(url) ? 'classic' : 'v1')
