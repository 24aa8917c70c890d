import { BrandMark } from '#features/shell/brand-mark.tsx';
import { ColorSchemeMenu } from '#features/shell/color-scheme-menu.tsx';
import { SignInForm } from './sign-in-form.tsx';
import classes from './sign-in-page.module.css';

export function SignInPage({ next }: { next: string }) {
  return (
    <main className={classes.page}>
      <div className={classes.scheme}>
        <ColorSchemeMenu />
      </div>
      <div className={classes.card}>
        <BrandMark size={40} />
        <h1 className={classes.title}>Sign in to Espalier</h1>
        <p className={classes.lead}>Small networks, and where each of them came from.</p>
        <SignInForm next={next} />
        <p className={classes.help}>
          First start? <code>npm start</code> printed the owner’s e-mail and password, and keeps them in <code>.espalier/owner.json</code>.
        </p>
      </div>
    </main>
  );
}
