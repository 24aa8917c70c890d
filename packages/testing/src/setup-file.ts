import { installMatchers } from './matchers.ts';

installMatchers();
