import { catalogue } from '@espalier/pruning/catalogue';
import { zoo } from '@espalier/zoo';
import { signedIn } from '../../auth/viewer.ts';
import type { Builder } from '../../schema/builder.ts';

/** What a model can be made from and compressed with: the same for every organization, shown to whoever is signed in. */
export function addCatalogues(builder: Builder): void {
  builder.objectType('ZooNetwork', {
    fields: (t) => ({
      name: t.exposeString('name'),
      title: t.exposeString('title'),
      paper: t.exposeString('paper'),
      inputShape: t.intList({ resolve: ({ inputShape }) => [...inputShape] }),
      classes: t.exposeInt('classes'),
    }),
  });
  builder.queryField('zoo', (t) =>
    t.field({
      type: ['ZooNetwork'],
      description: 'The architectures a model can be registered from.',
      resolve: (_root, _arguments, { viewer }) => {
        signedIn(viewer);
        return [...zoo];
      },
    }),
  );

  builder.objectType('PruningMethod', {
    fields: (t) => ({
      name: t.exposeString('name'),
      title: t.exposeString('title'),
      paper: t.exposeString('paper'),
      settings: t.field({ type: 'JSON', resolve: ({ defaults }) => defaults }),
    }),
  });
  builder.queryField('methods', (t) =>
    t.field({
      type: ['PruningMethod'],
      description: 'The pruning methods, with the defaults of their settings.',
      resolve: (_root, _arguments, { viewer }) => {
        signedIn(viewer);
        return [...catalogue];
      },
    }),
  );
}
