// Brings loopback up in a fresh network namespace, where it is down: by iproute2, or by perl alone, which Debian's
// perl-base has. Needs CAP_NET_ADMIN in the namespace.

/** One line of POSIX shell; its status is not 0 where it could not be done. */
export const loopbackUp =
  "ip link set lo up 2>/dev/null || perl -e 'my $up = pack(q(a16 s x22), q(lo), 0x41); socket(S, 2, 2, 0) and ioctl(S, 0x8914, $up) or die qq(loopback stays down: $!\\n)'";
