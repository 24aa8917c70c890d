export const runsPerPage = 50;
