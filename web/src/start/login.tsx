import { useNavigate, useSearch } from '@tanstack/react-router'
import { Doorstep } from '../shell/page.tsx'
import { SignInForm } from '../shell/sign-in-form.tsx'
import { text } from '../text.ts'

export function LoginScreen() {
  const navigate = useNavigate()
  const { to } = useSearch({ from: '/login' })
  return (
    <Doorstep title={text.sign_in.title} foot={text.sign_in.forgotten}>
      <SignInForm onSignedIn={() => void navigate({ href: to ?? '/leads' })} />
    </Doorstep>
  )
}
