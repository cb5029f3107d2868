// Under which address others find the server: not the one that only this computer knows itself by.

const isOwn = (host) => /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(host);

/** The address to tell others, as a URL; `known` are those that the server listens at. */
export function toTell(known = []) {
  if (!isOwn(location.hostname)) return new URL(location.origin);
  const found = known.filter((address) => URL.canParse(address)).map((address) => new URL(address));
  return found.find((address) => !isOwn(address.hostname)) ?? new URL(location.origin);
}
