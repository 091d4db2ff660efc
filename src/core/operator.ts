// Operators: roles in their order, what a login may be, and which passwords are refused.

export const ROLES = ['agent', 'lead', 'manager', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether a role is at least another one. */
export const hasRole = (role: Role, least: Role) => ROLES.indexOf(role) >= ROLES.indexOf(least)

/** The operator whom LEADLINE_BOOTSTRAP_ADMIN_PASSWORD creates. */
export const BOOTSTRAP_LOGIN = 'admin'

const LOGIN = /^[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?$/

/** The login as it is stored and looked up; people write it in any case. An e-mail address is one. */
export const foldLogin = (login: string) => login.trim().toLowerCase()

/** The rest of a sentence about a (folded) login that cannot be one. */
export const loginProblem = (login: string): string | undefined =>
  LOGIN.test(login)
    ? undefined
    : 'takes 1 to 100 of the letters a to z, digits and . _ - @ +, with a letter or digit at both ends'

const PASSWORD_POINTS_MIN = 8
const PASSWORD_POINTS_MAX = 200

/** One spelling of what was typed, whatever keyboard it came from. */
export const foldPassword = (password: string) => password.normalize('NFKC')

/**
 * The rest of a sentence about a password that is refused. Length is what counts (15 characters are recommended), so
 * there are no rules of composition; what is guessed first is refused.
 */
export function passwordProblem(password: string, login: string): string | undefined {
  // Before it is normalised: normalising is not free, and a long text is refused anyway.
  if (password.length > PASSWORD_POINTS_MAX * 4) return TOO_LONG
  const points = [...foldPassword(password)]
  if (points.length < PASSWORD_POINTS_MIN)
    return `needs at least ${PASSWORD_POINTS_MIN} characters; 15 or more are better`
  if (points.length > PASSWORD_POINTS_MAX) return TOO_LONG
  const folded = points.join('').trim().toLowerCase()
  if (folded === foldLogin(login)) return 'must not be the login'
  if (new Set(points).size === 1 || COMMON.has(folded)) return 'is one of the most common passwords'
  return undefined
}

const TOO_LONG = `has more than ${PASSWORD_POINTS_MAX} characters`

/** Of at least eight characters, from the top of the published lists of leaked passwords, and our own name. */
const COMMON = new Set(
  `12345678 123456789 1234567890 12345678910 0123456789 123456789a 123456789q 1234567891 987654321 9876543210
  87654321 11223344 112233445566 12341234 123123123 12344321 123321123 147258369 123654789 789456123 741852963
  159357258 10203040 1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y zaq12wsx q1w2e3r4 q1w2e3r4t5 qazwsxedc
  qwerty12 qwerty123 qwerty1234 qwerty12345 qwertyui qwertyuiop qwertyuiop123 asdfghjk asdfghjkl asdfasdf zxcvbnm1
  asdf1234 abcd1234 abc12345 abcdefgh abcdefghi aa123456 aa12345678 a1234567 a12345678 a123456789 password password1
  password12 password123 password1234 password! password1! passw0rd p@ssw0rd p@ssword p@55w0rd pass1234 pass12345
  passpass welcome1 welcome12 welcome123 welcome! letmein1 letmein123 iloveyou iloveyou1 iloveyou2 sunshine sunshine1
  princess princess1 football football1 baseball baseball1 basketball superman superman1 batman123 starwars trustno1
  whatever computer internet samsung1 michelle jennifer jessica1 charlie1 michael1 victoria liverpool liverpool1
  chelsea1 arsenal1 bismillah sunflower chocolate butterfly dragon123 monkey123 master123 shadow123 changeme
  changeme1 changeme123 changeit secret123 default1 admin123 admin1234 admin12345 administrator adminadmin
  administrator1 rootroot testtest test1234 test12345 testing1 testing123 temp1234 temppass guest123 user1234
  operator operator1 operator123 leadline leadline1 leadline123 callcenter callcentre contactcentre`.split(
    /\s+/,
  ),
)
