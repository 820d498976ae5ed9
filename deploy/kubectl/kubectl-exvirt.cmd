@rem kubectl exvirt: the same program under the name that kubectl looks for. It means a cluster, and teaches in these words.
@setlocal
@set "EXVIRT_INVOKED_AS=kubectl exvirt"
@exvirt %*
