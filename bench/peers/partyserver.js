// y-partyserver as its README sets it up, hibernating, with nothing kept.

import { routePartykitRequest } from 'partyserver';
import { YServer } from 'y-partyserver';

export class Room extends YServer {
  static options = { hibernate: true };
}

export default {
  async fetch(request, env) {
    return (await routePartykitRequest(request, env)) ?? new Response('y-partyserver');
  },
};
