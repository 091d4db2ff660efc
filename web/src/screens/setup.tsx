import { Doorstep } from '../shell/doorstep.tsx'
import { text } from '../text.ts'

export function SetupScreen() {
  return <Doorstep title={text.sign_in.title}>{null}</Doorstep>
}
