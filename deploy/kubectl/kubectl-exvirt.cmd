@rem kubectl exvirt: the same program under the name that kubectl looks for.
@exvirt %*
