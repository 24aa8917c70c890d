-- AlterEnum
ALTER TYPE "StageStatus" ADD VALUE 'skipped';
