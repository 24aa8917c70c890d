// Lets Temporal's SDK download its dev server into a folder: node download.mjs <folder> <version>. Run as a child, so that it can be given up.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir, version] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, version }, log: { format: 'pretty', level: 'error' } },
  });
  await environment.teardown();
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
