-- AlterTable
ALTER TABLE "ModelVersion" ADD COLUMN     "provenanceDigest" TEXT;

-- CreateTable
CREATE TABLE "SearchEvaluation" (
    "runId" UUID NOT NULL,
    "stage" "StageName" NOT NULL,
    "round" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL,
    "genome" TEXT NOT NULL,
    "fitness" DOUBLE PRECISION NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SearchEvaluation_pkey" PRIMARY KEY ("runId","stage","round","generation","genome")
);

-- AddForeignKey
ALTER TABLE "ModelVersion" ADD CONSTRAINT "ModelVersion_provenanceDigest_fkey" FOREIGN KEY ("provenanceDigest") REFERENCES "Artifact"("digest") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SearchEvaluation" ADD CONSTRAINT "SearchEvaluation_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
