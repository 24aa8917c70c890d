import { LinkButton } from '#features/shell/link-button.tsx';
import classes from './more-pages.module.css';

interface MorePagesProps {
  path: string;
  /** The cursor of the page that is shown; undefined on the first. */
  after: string | undefined;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** On to older entries and back to the newest; nothing where one page holds them all. */
export function MorePages({ path, after, pageInfo: { hasNextPage, endCursor } }: MorePagesProps) {
  if (!after && !hasNextPage) return null;
  return (
    <nav aria-label="Pages" className={classes.pages}>
      {after && (
        <LinkButton href={path} variant="default">
          Newest
        </LinkButton>
      )}
      {hasNextPage && endCursor && (
        <LinkButton href={`${path}?after=${encodeURIComponent(endCursor)}`} variant="default">
          Older
        </LinkButton>
      )}
    </nav>
  );
}
