/** Where the servers of a benchmark run are. */
export interface Servers {
  databaseUrl: string;
  redisUrl: string;
}
