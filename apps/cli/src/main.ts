import { run } from './run.ts';

const { stdout, stderr } = process;
// Whoever reads only the beginning (`| head`) has what he wanted.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv.slice(2), { stdout, stderr });
