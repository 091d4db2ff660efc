import { describe, expect, test } from 'vitest'
import type { EmailConfig, UrlConfig } from './action.ts'
import { emailProblems, renderEmail, renderRequest, templateProblems, urlProblems } from './action-request.ts'

const lead: Record<string, string> = {
  Name: 'Ann "Annie" Lee, Ltd',
  Email: 'ann@example.com',
  City: 'Ärgh\r\nBcc: eve@example.com',
  Dots: '..',
}
const values = (name: string) => lead[name] ?? ''
const url = (more: Partial<UrlConfig>): UrlConfig => ({
  method: 'POST',
  url: 'https://crm.example/a',
  ...more,
})
const mail = (more: Partial<EmailConfig>): EmailConfig => ({
  to: 'a@example.com',
  subject: 's',
  text: 't',
  ...more,
})

describe('a URL action', () => {
  test('becomes a request with its values escaped for where they land', () => {
    const config = url({
      url: 'https://crm.example/leads/${Name}?city=${City}',
      headers: { 'X-City': '${City}' },
      body: '{"name":"${Name}"}',
    })
    expect(renderRequest(config, values).ok).toEqual({
      method: 'POST',
      url: 'https://crm.example/leads/Ann%20%22Annie%22%20Lee%2C%20Ltd?city=%C3%84rgh%0D%0ABcc%3A%20eve%40example.com',
      headers: { 'X-City': '%C3%84rgh Bcc: eve@example.com', 'Content-Type': 'application/json' },
      body: '{"name":"Ann \\"Annie\\" Lee, Ltd"}',
    })
  })

  test.for([
    ['application/x-www-form-urlencoded', 'n=${Name}', 'n=Ann+%22Annie%22+Lee%2C+Ltd'],
    ['text/xml; charset=utf-8', '<n>${Name}</n>', '<n>Ann &#34;Annie&#34; Lee, Ltd</n>'],
    ['application/vnd.api+json', '"${Name}"', '"Ann \\"Annie\\" Lee, Ltd"'],
    ['text/json', '"${Name}"', '"Ann \\"Annie\\" Lee, Ltd"'],
    ['text/plain', '${Name}', 'Ann "Annie" Lee, Ltd'],
  ])('its body is escaped for %s', ([type, body, sent]) => {
    expect(renderRequest(url({ headers: { 'content-type': type! }, body: body! }), values).ok?.body).toBe(
      sent,
    )
  })

  test('a value cannot climb out of its path', () => {
    expect(renderRequest(url({ url: 'https://crm.example/a/${Dots}/b' }), values).problem).toMatch(/path/)
    expect(renderRequest(url({ url: 'https://crm.example/a?p=${Dots}' }), values).problem).toBeUndefined()
  })

  test.for<[Partial<UrlConfig>, string]>([
    [{ url: 'ftp://crm.example/' }, 'url'],
    [{ url: '/leads' }, 'url'],
    [{ url: 'https://${Name}.example/' }, 'url'],
    [{ url: 'https://me:secret@crm.example/' }, 'url'],
    [{ url: 'https://crm.example/a b' }, 'url'],
    [{ url: 'https://crm.example:99999/' }, 'url'],
    [{ headers: { 'X Key': 'a' } }, 'headers/X Key'],
    [{ headers: { Host: 'a' } }, 'headers/Host'],
    [{ headers: { 'Leadline-Delivery-Id': 'a' } }, 'headers/Leadline-Delivery-Id'],
    [{ headers: { 'X-Key': 'a\nb' } }, 'headers/X-Key'],
    [{ headers: { 'X-Key': 'a', 'x-key': 'b' } }, 'headers'],
    [{ headers: { 'Content-Type': '${Name}' } }, 'headers/Content-Type'],
    [{ method: 'GET', body: '{}' }, 'body'],
    [{ body: '{"n": ${Name}}' }, 'body'],
  ])('%j is refused', ([config, field]) => {
    expect(urlProblems(url(config)).map((problem) => problem.field)).toContain(field)
  })

  test('what is right is taken', () => {
    const config = url({
      url: 'https://crm.example:8443/${Name}',
      headers: { 'X-Key': '${Name}' },
      body: '{"n":"${Name}"}',
    })
    expect(urlProblems(config)).toEqual([])
  })

  test('a placeholder that nothing can fill is named with its place', () => {
    const config = url({
      url: 'https://crm.example/${Nmae}',
      headers: { 'X-Key': '${' },
      body: '{"n":"${Name}"}',
    })
    const problems = templateProblems(config, (name) => name in lead)
    expect(problems.map(({ field }) => field)).toEqual(['url', 'headers/X-Key'])
    expect(problems[0]!.detail).toContain('Nmae')
  })
})

describe('an e-mail', () => {
  test('goes to addresses of the template and of the lead; no value adds one', () => {
    const config = mail({
      to: '${Name} <${Email}>, boss@example.com',
      subject: 'About ${City}',
      html: '<p>${Name}</p>',
    })
    expect(renderEmail(config, values, 'Leads <leads@example.com>').ok).toEqual({
      from: { name: 'Leads', address: 'leads@example.com' },
      to: [
        { name: 'Ann Annie Lee, Ltd', address: 'ann@example.com' },
        { name: '', address: 'boss@example.com' },
      ],
      cc: [],
      bcc: [],
      subject: 'About Ärgh Bcc: eve@example.com',
      text: 't',
      html: '<p>Ann &#34;Annie&#34; Lee, Ltd</p>',
    })
  })

  test('says what is missing', () => {
    expect(renderEmail(mail({}), values, null).problem).toContain('LEADLINE_MAIL_FROM')
    expect(renderEmail(mail({ to: '${Unknown}' }), values, 'a@example.com').problem).toContain('recipient')
    expect(renderEmail(mail({ to: '${Name}' }), values, 'a@example.com').problem).toContain('recipient')
    expect(
      renderEmail(mail({ to: '${Unknown}', cc: '${Email}' }), values, 'a@example.com').ok?.cc,
    ).toHaveLength(1)
  })

  test.for<[Partial<EmailConfig>, string]>([
    [{ to: 'nobody' }, 'to'],
    [{ cc: 'a@example.com; b@example.com' }, 'cc'],
    [{ from: 'a@@example.com' }, 'from'],
    [{ text: undefined }, 'text'],
  ])('%j is refused', ([config, field]) => {
    expect(emailProblems(mail(config)).map((problem) => problem.field)).toContain(field)
  })

  test('templates of addresses are taken', () => {
    expect(emailProblems(mail({ to: '${Name} <${Email}>, ${Login}@example.com' }))).toEqual([])
  })
})
